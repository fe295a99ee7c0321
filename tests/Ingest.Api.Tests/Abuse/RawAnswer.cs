using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Ingest.Api.Errors;

namespace Ingest.Api.Tests.Abuse;

/// <summary>An answer as it came over the wire.</summary>
internal sealed record RawAnswer(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    private static readonly Dictionary<string, ProblemCode> Codes = ProblemCode.All.ToDictionary(code => code.Code, StringComparer.Ordinal);

    /// <summary>The code of a refusal; null for what is none, and for what the web server refuses before there is a request.</summary>
    public string? Code { get; private init; }

    /// <summary>Refused by the web server itself, which knows no bodies: what is not even HTTP, or larger than any request line or header may be.</summary>
    public bool IsBare => Status >= 400 && Body.Length == 0 && !Headers.ContainsKey("Ingest-Attempt-Id");

    /// <summary>What holds for every answer, whatever was sent: no fault of ours, and every refusal a problem of the closed list.</summary>
    /// <param name="told">What was sent, for who has to find out.</param>
    public RawAnswer ShouldBeSound(string told)
    {
        var whole = $"{told}: {Status} {string.Join("; ", Headers)} {Body}";
        (Status < 500 || Status is 503 or 505).ShouldBeTrue(whole);
        if (Status < 400) return this;
        if (IsBare)
        {
            (Status is 400 or 405 or 408 or 411 or 413 or 414 or 431 or 505).ShouldBeTrue(whole);
            return this;
        }

        Headers["Content-Type"].ShouldBe("application/problem+json", whole);
        Headers["X-Content-Type-Options"].ShouldBe("nosniff", whole);
        if (Body.Length == 0) return this; // The answer to HEAD.
        var problem = JsonNode.Parse(Body).ShouldBeOfType<JsonObject>(whole);
        Codes.ShouldContainKey((string)problem["code"]!, whole);
        var code = Codes[(string)problem["code"]!];
        code.Status.ShouldBe(Status, whole);
        code.ShouldNotBe(ProblemCode.Internal, whole);
        ((string?)problem["attempt_id"]).ShouldBe(Headers["Ingest-Attempt-Id"], whole);
        return this with { Code = code.Code };
    }

    /// <summary>Every answer in what a connection brought.</summary>
    public static IReadOnlyList<RawAnswer> ParseAll(ReadOnlySpan<byte> bytes)
    {
        var answers = new List<RawAnswer>();
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf("\r\n\r\n"u8);
            if (end < 0) break;
            var lines = Encoding.Latin1.GetString(bytes[..end]).Split("\r\n");
            bytes = bytes[(end + 4)..];
            var status = int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture);
            if (status == 100) continue;
            var headers = lines[1..].Select(line => line.Split(": ", 2)).GroupBy(pair => pair[0], StringComparer.OrdinalIgnoreCase)
                .ToDictionary(group => group.Key, group => string.Join(", ", group.Select(pair => pair[1])), StringComparer.OrdinalIgnoreCase);
            answers.Add(new RawAnswer(status, headers, TakeBody(headers, ref bytes)));
        }

        return answers;
    }

    private static string TakeBody(Dictionary<string, string> headers, ref ReadOnlySpan<byte> bytes)
    {
        if (headers.ContainsKey("Transfer-Encoding"))
        {
            var body = new StringBuilder();
            while (bytes.IndexOf("\r\n"u8) is var end and > 0)
            {
                var size = int.Parse(Encoding.ASCII.GetString(bytes[..end]), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                body.Append(Encoding.UTF8.GetString(bytes.Slice(end + 2, Math.Min(size, bytes.Length - end - 2))));
                bytes = bytes[Math.Min(bytes.Length, end + 4 + size)..];
                if (size == 0) break;
            }

            return body.ToString();
        }

        var length = headers.TryGetValue("Content-Length", out var text) ? Math.Min(int.Parse(text, CultureInfo.InvariantCulture), bytes.Length) : bytes.Length;
        var taken = Encoding.UTF8.GetString(bytes[..length]);
        bytes = bytes[length..];
        return taken;
    }
}
