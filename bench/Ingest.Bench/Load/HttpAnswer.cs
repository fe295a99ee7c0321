using System.Buffers.Text;

namespace Ingest.Bench.Load;

/// <summary>What is read of an answer: enough to judge it, and to know where it ends.</summary>
internal readonly record struct HttpAnswer(int Status, bool HasRetryAfter, int Length, int Changed, int Unchanged, int BodyAt)
{
    /// <summary>The connection was closed in place of an answer.</summary>
    public static HttpAnswer None => default;

    private static ReadOnlySpan<byte> HeadEnd => "\r\n\r\n"u8;

    /// <param name="bytes">All that has come of it.</param>
    /// <param name="countsRows">Whether it reports rows: a large body need not be searched in vain.</param>
    /// <param name="answer">The answer.</param>
    /// <returns>False where more bytes are to come.</returns>
    /// <exception cref="BenchException">It is no answer this can read.</exception>
    public static bool TryRead(ReadOnlySpan<byte> bytes, bool countsRows, out HttpAnswer answer)
    {
        answer = default;
        var headLength = bytes.IndexOf(HeadEnd);
        if (headLength < 0) return false;
        var head = bytes[..(headLength + 2)];
        if (!Utf8Parser.TryParse(head["HTTP/1.1 ".Length..], out int status, out _)) throw new BenchException("An answer does not begin as HTTP/1.1 does.");
        var bodyAt = headLength + HeadEnd.Length;
        int end;
        if (ValueOf(head, "\r\nContent-Length: "u8) is { IsEmpty: false } length)
        {
            if (!Utf8Parser.TryParse(length, out int bodyLength, out _)) throw new BenchException("An answer's Content-Length is no number.");
            end = bodyAt + bodyLength;
            if (bytes.Length < end) return false;
        }
        else if (head.IndexOf("\r\nTransfer-Encoding: chunked"u8) >= 0)
        {
            if (!TryFindEndOfChunks(bytes, bodyAt, out end)) return false;
        }
        else
        {
            end = bodyAt;
        }

        var body = countsRows ? bytes[bodyAt..end] : default;
        answer = new HttpAnswer(
            status, !ValueOf(head, "\r\nRetry-After: "u8).IsEmpty, end, NumberAfter(body, "\"changed\":"u8), NumberAfter(body, "\"unchanged\":"u8), bodyAt);
        return true;
    }

    private static bool TryFindEndOfChunks(ReadOnlySpan<byte> bytes, int at, out int end)
    {
        end = 0;
        while (true)
        {
            var rest = bytes[at..];
            var line = rest.IndexOf("\r\n"u8);
            if (line < 0) return false;
            if (!Utf8Parser.TryParse(rest[..line], out int size, out _, 'x')) throw new BenchException("An answer's chunk has no size.");
            at += line + 2 + size + 2;
            if (at > bytes.Length) return false;
            if (size > 0) continue;
            end = at;
            return true;
        }
    }

    private static ReadOnlySpan<byte> ValueOf(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        var at = head.IndexOf(name);
        return at < 0 ? [] : head[(at + name.Length)..];
    }

    private static int NumberAfter(ReadOnlySpan<byte> body, ReadOnlySpan<byte> name)
    {
        var at = body.IndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(body[(at + name.Length)..], out int number, out _) ? number : 0;
    }
}
