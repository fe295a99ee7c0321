using System.Text;
using Ingest.Testing.Faults;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Abuse;

/// <summary>What comes over a bare connection: paths, queries, headers and framing that no client library would send, at every address.</summary>
public sealed class WireAttackTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>How a client of HTTP/2 begins; it is told so in its own frames.</summary>
    private const string Http2 = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    private static readonly string[] Methods = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT", "get", "G\u00cbT", "PRI", "X", new('M', 5000)];

    private static readonly Func<string, string>[] Paths =
    [
        path => "/." + path, path => "/x/.." + path, path => "/../../.." + path, path => path + "/..", path => path + "/.", path => "/%2e%2e" + path, path => "/%2e" + path,
        path => path + "/%2e%2e/%2e%2e/etc/passwd", path => "/" + path, path => path.Replace("/", "//", StringComparison.Ordinal), path => path + "/", path => path + "//",
        path => path.Replace("/", "/////////", StringComparison.Ordinal), path => path.Replace("/", "%2f", StringComparison.Ordinal), path => "/" + path[1..].Replace("/", "%2F", StringComparison.Ordinal),
        path => path.Replace("/", "\\", StringComparison.Ordinal), path => path + "%5c..", path => path + "%00", path => path + "%0d%0aX: y", path => path + "%ff%fe", path => path + "%ed%a0%80",
        path => path + "%", path => path + "%zz", path => path + ";a=b", path => path.ToUpperInvariant(), path => path + "\u00e4", path => path + "\0", path => path + " x",
        path => "http://evil.example" + path, path => "https://evil.example:99999" + path, path => "//evil.example" + path, path => "http://[" + path, path => "*", path => "evil.example:443", path => "", path => "x",
        path => path + "/" + new string('a', 7_000), path => path + "/" + new string('a', 9_000), path => string.Concat(Enumerable.Repeat("/a", 3_000)), path => path + "#fragment",
        path => new string('/', 7_000) + path, path => path + string.Concat(Enumerable.Repeat("%2e%2e/", 900)),
    ];

    private static readonly string[] Queries =
    [
        "?", "&&&", "=", "=x", "a[b]=c", "%", "%zz=%zz", "a=%00", "+", new('a', 7_000), new('a', 9_000), string.Concat(Enumerable.Repeat("a=b&", 1_500)), "device_id", "\u00e4=\u00e4", "limit=1&limit=2",
    ];

    private static readonly string[] Values =
    [
        "", "%00", "%ff%fe", "%ed%a0%80", "%f0%9f%98%80", "-1", "0", "99999999999999999999", "1e9", "NaN", "null", "true", "9999-12-31", "0001-01-01", "2026-02-30", "2026-05-14T00:00:00Z",
        "%27%3B%20DROP%20TABLE%20devices%3B--", "..%2f..%2fetc%2fpasswd", "a,b,c", "%7B%7D", new('x', 6_000), "00000000-0000-0000-0000-000000000000", "6513270e-269e-4d37-b2a7-4de452e6b438", "AAAA", "%0a",
    ];

    private static readonly string[] Headers =
    [
        "X-Long: " + new string('a', 30_000), "X-Longer: " + new string('a', 40_000), string.Concat(Enumerable.Range(0, 90).Select(i => $"X-{i}: a\r\n")) + "X: y",
        string.Concat(Enumerable.Range(0, 120).Select(i => $"X-{i}: a\r\n")) + "X: y", "X-Empty:", ": no name", "no colon", "X Y: space in the name", "X-Nul: a\0b", "X-High: \u00e4\u00ff", " folded: a", "X: a\r\n folded",
        "X-Bare: a\nY: b", "Host: other", "Host:", "Host: a b", "Content-Length: 0\r\nContent-Length: 0", "Content-Length: 0\r\nContent-Length: 5", "Content-Length: -1", "Content-Length: 1e3", "Content-Length: +0",
        "Content-Length: 99999999999999999999", "Content-Length: 0x10", "Content-Length: 5, 5", "Transfer-Encoding: gzip", "Transfer-Encoding: identity", "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: \u000bchunked", "Expect: 100-continue", "Expect: 200-ok", "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__", "Upgrade: websocket\r\nSec-WebSocket-Key: x",
        "Connection: close, keep-alive, upgrade", "Range: bytes=0-0,2-3,-1", "If-None-Match: \"", "If-None-Match: *", "If-None-Match: " + new string('"', 5_000), "If-Modified-Since: yesterday", "Accept: */*;q=9", "Accept-Encoding: br;q=x, gzip;q=-1",
        "Content-Type: ", "Content-Type: application/json; charset=utf-7", "Content-Type: multipart/form-data", "Content-Type: application/json; charset=\"", "Content-Encoding: gzip, br", "Content-Encoding: gzip\r\nContent-Encoding: br",
        "Prefer: " + string.Concat(Enumerable.Repeat(",;", 5_000)), "X-HTTP-Method-Override: DELETE", "X-Forwarded-For: 127.0.0.1", "X-Forwarded-Proto: https", "X-Forwarded-Host: evil.example", "X-Original-URL: /v1/usage", "Cookie: " + new string('c', 20_000), "Ingest-Attempt-Id: mine",
        "Ingest-Complete-By: \u00ff", "Traceparent: 00-x", "Date: never", "User-Agent: ", "Trailer: Content-Length",
    ];

    private static readonly string[] Keys =
    [
        "Authorization: Bearer", "Authorization: Bearer ", "Authorization: Basic YTpi", "Authorization: Bearer a, Bearer b", $"Authorization: Bearer {IngestService.Key}\r\nAuthorization: Bearer {IngestService.Key}",
        $"Authorization: Bearer {IngestService.Key} x", $"Authorization: Bearer budi_{new string('k', 20_000)}", "Authorization: Bearer budi_\u00ff\u00fe0123456789", $"Authorization: {IngestService.Key}",
        $"Authorization: Bearer {IngestService.Key.ToUpperInvariant()}", "Authorization: Bearer budi_%00%00%00%00%00%00",
    ];

    [Fact]
    [Fault(FaultArea.Bodies, "Odd methods, paths, queries and headers at every address", "P7")]
    public async Task Whatever_a_request_line_or_a_header_holds_is_answered_as_a_problem_or_as_no_HTTP()
    {
        await using var service = await fixture.InstanceAsync(("Limits:RequestsPerMinute", "0"), ("Limits:FailedAuthenticationsPerMinute", "0"));
        var document = await service.DocumentAsync();
        var every = FaultRun.Times(brief: 8, full: 1);
        var requests = document.Root["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject().Select(operation => (Path: path.Key.Replace("{version_id}", "0196d2a4-5f40-7d21-b6a7-90c1d2e3f405"), Method: operation.Key.ToUpperInvariant(), operation.Value)))
            .Append(("/openapi/v1.json", "GET", null)).Append(("/swagger/index.html", "GET", null)).Append(("/", "GET", null))
            .SelectMany(endpoint => Requests(endpoint.Method, endpoint.Path, ParametersOf(endpoint.Value)))
            .Where((_, place) => place % every == 0).ToList();

        var tally = new Tally();
        await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (request, _) =>
        {
            var answers = await RawConnection.ExchangeAsync(service.Address, Encoding.Latin1.GetBytes(request), Patience);
            var told = request.Length > 400 ? request[..400] + "…" : request;
            answers.Count.ShouldBe(request.StartsWith(Http2, StringComparison.Ordinal) ? 0 : 1, told);
            foreach (var answer in answers) tally.Count(answer.ShouldBeSound(told));
        });

        tally["503"].ShouldBe(0, tally.ToString());
        TestContext.Current.SendDiagnosticMessage("{0}", tally);
        (await service.PostAsync(ServiceFixture.Envelope(ServiceFixture.NewDevice()).Rollup(ServiceFixture.Today))).ShouldBeStored();
        FaultRun.Report($"{requests.Count} requests", $"{tally.Summary}; {tally["400 bare"] + tally["414 bare"] + tally["431 bare"] + tally["505 bare"]} of them no HTTP");
    }

    private static IEnumerable<string> ParametersOf(System.Text.Json.Nodes.JsonNode? operation) =>
        operation?["parameters"]?.AsArray().Where(parameter => (string?)parameter!["in"] == "query").Select(parameter => (string)parameter!["name"]!) ?? [];

    private static IEnumerable<string> Requests(string method, string path, IEnumerable<string> parameters)
    {
        var key = $"Authorization: Bearer {IngestService.Key}";
        var known = parameters.ToList();
        foreach (var other in Methods) yield return Request(other, path, key);
        foreach (var odd in Paths) yield return Request(method, odd(path), key);
        foreach (var query in Queries) yield return Request(method, $"{path}?{query}", key);
        foreach (var parameter in known)
        {
            foreach (var value in Values) yield return Request(method, $"{path}?{parameter}={value}", key);
            foreach (var value in Values) yield return Request(method, $"{path}?{string.Join('&', known.Select(name => $"{name}={(name == parameter ? value : "6513270e-269e-4d37-b2a7-4de452e6b438")}"))}", key);
            yield return Request(method, $"{path}?{parameter}=a&{parameter}=b", key);
        }

        foreach (var header in Headers) yield return Request(method, path, key + "\r\n" + header);
        foreach (var other in Keys) yield return Request(method, path, other);
        foreach (var version in new[] { "HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/3.0", "HTTP/9.9", "HTTP/1.1 x", "", "http/1.1" }) yield return $"{method} {path} {version}\r\nHost: x\r\nConnection: close\r\n{key}\r\n\r\n";
        yield return $"{method} {path} HTTP/1.1\r\nConnection: close\r\n{key}\r\n\r\n";
        yield return $"{method} {path} HTTP/1.1\nHost: x\nConnection: close\n\n";
        yield return $"\r\n\r\n{method}  {path}  HTTP/1.1\r\n\r\n";
        yield return Http2;
        yield return "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03";
    }

    private static string Request(string method, string target, string headers) => $"{method} {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n\r\n";
}
