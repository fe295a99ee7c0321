using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Ingest.Api.Bodies;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Ingest.Api.Tests.Plumbing;

public sealed class BodyReaderTests
{
    private const int Limit = 64 * 1024;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("application/json")]
    [InlineData("Application/JSON; charset=utf-8")]
    [InlineData("application/json;charset=\"UTF-8\"")]
    [InlineData("application/vnd.budi+json")]
    public async Task A_json_body_is_read_as_sent(string type)
    {
        await using var server = await PlumbingServer.StartAsync();
        var response = await PostAsync(server, "{\"a\":1}"u8.ToArray(), type);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync(Cancellation)).ShouldBe("{\"a\":1}");
        server.Budget.InUse.ShouldBe(0);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("text/json")]
    [InlineData("application/json; charset=latin1")]
    [InlineData("nonsense")]
    public async Task Another_type_is_415_and_says_which_header_to_send(string? type)
    {
        await using var server = await PlumbingServer.StartAsync();
        var response = await PostAsync(server, "{}"u8.ToArray(), type);
        var body = await response.ShouldBeProblemAsync(415, "unsupported_media_type");
        body.GetProperty("detail").GetString()!.ShouldContain("Content-Type: application/json");
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("GZIP")]
    [InlineData("br")]
    public async Task A_compressed_body_is_decompressed_and_both_sizes_are_known(string encoding)
    {
        await using var server = await PlumbingServer.StartAsync();
        var text = Encoding.UTF8.GetBytes("[" + string.Join(',', Enumerable.Range(0, 9000)) + "]");
        var packed = Pack(text, encoding);
        var response = await PostAsync(server, packed, encoding: encoding);
        (await response.Content.ReadAsByteArrayAsync(Cancellation)).ShouldBe(text);
        response.Headers.GetValues("X-On-Wire").ShouldBe([packed.Length.ToString()]);
        server.Budget.InUse.ShouldBe(0);
    }

    [Theory]
    [InlineData("deflate")]
    [InlineData("gzip, br")]
    [InlineData("zstd")]
    public async Task Another_encoding_is_415_and_names_what_is_accepted(string encoding)
    {
        await using var server = await PlumbingServer.StartAsync();
        var response = await PostAsync(server, [1, 2, 3], encoding: encoding);
        var body = await response.ShouldBeProblemAsync(415, "unsupported_content_encoding");
        body.GetProperty("detail").GetString()!.ShouldContain("gzip or br");
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_compressed_body_cut_anywhere_is_400(string encoding)
    {
        await using var server = await PlumbingServer.StartAsync();
        var packed = Pack("{\"a\":[1,2,3,4,5,6,7,8,9,10]}"u8.ToArray(), encoding);
        for (var length = 1; length < packed.Length; length++)
        {
            var response = await PostAsync(server, packed[..length], encoding: encoding);
            await response.ShouldBeProblemAsync(400, "invalid_content_encoding");
        }

        server.Budget.InUse.ShouldBe(0);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_body_that_only_claims_to_be_compressed_is_400(string encoding)
    {
        await using var server = await PlumbingServer.StartAsync();
        var response = await PostAsync(server, "{\"not\":\"compressed at all, whatever the header says\"}"u8.ToArray(), encoding: encoding);
        await response.ShouldBeProblemAsync(400, "invalid_content_encoding");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task No_body_is_400_whatever_its_encoding(string? encoding)
    {
        await using var server = await PlumbingServer.StartAsync();
        await (await PostAsync(server, [], encoding: encoding)).ShouldBeProblemAsync(400, "no_body");
        await (await server.Client.PostAsync(new Uri("/echo", UriKind.Relative), null, Cancellation)).ShouldBeProblemAsync(400, "no_body");
        await (await PostAsync(server, [], encoding: encoding, chunked: true)).ShouldBeProblemAsync(400, encoding is null ? "no_body" : "invalid_content_encoding");
    }

    [Theory]
    [InlineData(true, null)]
    [InlineData(false, null)]
    [InlineData(true, "gzip")]
    [InlineData(false, "br")]
    public async Task Exactly_the_limit_passes_and_one_byte_more_is_413(bool sized, string? encoding)
    {
        await using var server = await PlumbingServer.StartAsync();
        var exact = new byte[Limit];
        Array.Fill(exact, (byte)' ');
        var response = await PostAsync(server, encoding is null ? exact : Pack(exact, encoding), encoding: encoding, chunked: !sized);
        (await response.Content.ReadAsByteArrayAsync(Cancellation)).Length.ShouldBe(Limit);

        byte[] more = [.. exact, (byte)' '];
        var refused = await PostAsync(server, encoding is null ? more : Pack(more, encoding), encoding: encoding, chunked: !sized);
        var body = await refused.ShouldBeProblemAsync(413, "body_too_large");
        body.GetProperty("detail").GetString()!.ShouldContain(Limit.ToString());
        server.Budget.InUse.ShouldBe(0);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_decompression_bomb_stops_at_the_limit(string encoding)
    {
        await using var server = await PlumbingServer.StartAsync(budget: 2 * Limit);
        var response = await PostAsync(server, Pack(new byte[50_000_000], encoding), encoding: encoding);
        await response.ShouldBeProblemAsync(413, "body_too_large");
        server.Budget.InUse.ShouldBe(0);
    }

    [Fact]
    public async Task Compressed_bytes_that_decompress_to_nothing_are_bounded_too()
    {
        await using var server = await PlumbingServer.StartAsync();
        var nothing = Convert.FromHexString("1F8B080000000000000303000000000000000000");
        var many = Enumerable.Repeat(nothing, 2 * Limit / nothing.Length).SelectMany(bytes => bytes).ToArray();
        await (await PostAsync(server, many, encoding: "gzip", chunked: true)).ShouldBeProblemAsync(413, "body_too_large");
    }

    [Fact]
    public async Task A_client_in_mid_write_of_too_large_a_body_reads_the_answer()
    {
        await using var server = await PlumbingServer.StartAsync();
        await using var connection = await server.ConnectAsync();
        const int Length = 8 * 1024 * 1024;
        await connection.WriteAsync(Encoding.ASCII.GetBytes($"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {Length}\r\n\r\n"), Cancellation);
        var part = new byte[64 * 1024];
        for (var sent = 0; sent < Length; sent += part.Length)
            await connection.WriteAsync(part, Cancellation);

        // The same connection goes on: the body was read to its end.
        await connection.WriteAsync("GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"u8.ToArray(), Cancellation);
        using var reader = new StreamReader(connection);
        var answers = await reader.ReadToEndAsync(Cancellation);
        answers.ShouldStartWith("HTTP/1.1 413");
        answers.ShouldContain("HTTP/1.1 200");
    }

    [Fact]
    public async Task Draining_too_large_a_body_ends_and_closes_the_connection()
    {
        await using var server = await PlumbingServer.StartAsync(bodies: new BodyLimits { Bytes = Limit, DrainBytes = 128 * 1024, DrainTime = TimeSpan.FromSeconds(30) });
        await using var connection = await server.ConnectAsync();
        await connection.WriteAsync("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 999999999\r\n\r\n"u8.ToArray(), Cancellation);
        await connection.WriteAsync(new byte[256 * 1024], Cancellation);
        using var reader = new StreamReader(connection);
        (await reader.ReadLineAsync(Cancellation)).ShouldBe("HTTP/1.1 413 Payload Too Large");
        var headers = new List<string>();
        while (await reader.ReadLineAsync(Cancellation) is { Length: > 0 } line)
            headers.Add(line);
        headers.ShouldContain("Connection: close");
    }

    [Fact]
    public async Task A_client_that_asks_first_is_refused_without_sending()
    {
        await using var server = await PlumbingServer.StartAsync();
        await using var connection = await server.ConnectAsync();
        await connection.WriteAsync(
            "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 9999999\r\n\r\n"u8.ToArray(), Cancellation);
        using var reader = new StreamReader(connection);
        (await reader.ReadLineAsync(Cancellation)).ShouldBe("HTTP/1.1 413 Payload Too Large");
    }

    [Fact]
    public async Task A_claimed_length_reserves_no_more_than_a_mebibyte_before_bytes_come()
    {
        await using var server = await PlumbingServer.StartAsync(bodies: new BodyLimits { Bytes = 32 << 20 }, budget: 64 << 20);
        await using var connection = await server.ConnectAsync();
        await connection.WriteAsync("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 33000000\r\n\r\n{"u8.ToArray(), Cancellation);
        await WaitUntilAsync(() => server.Budget.InUse > 0);
        server.Budget.InUse.ShouldBe(1 << 20);
        connection.Close();
        await WaitUntilAsync(() => server.Budget.InUse == 0);
        server.Log.Lines.ShouldNotContain(line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Warning && line.Category.StartsWith("Ingest"));
    }

    [Fact]
    public async Task Bodies_beyond_the_common_budget_are_503_until_another_is_done()
    {
        // The first body holds its 32 KiB open; the second one needs as much, of 48.
        await using var server = await PlumbingServer.StartAsync(budget: 48 * 1024);
        await using var first = await server.ConnectAsync();
        await first.WriteAsync("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: 30000\r\n\r\n1"u8.ToArray(), Cancellation);
        await WaitUntilAsync(() => server.Budget.InUse == 32 * 1024);

        var second = new byte[30_000];
        var refused = await PostAsync(server, second);
        await refused.ShouldBeProblemAsync(503, "overloaded");
        refused.Headers.RetryAfter.ShouldNotBeNull();

        await first.WriteAsync(new byte[29_999], Cancellation);
        using var reader = new StreamReader(first);
        (await reader.ReadLineAsync(Cancellation)).ShouldBe("HTTP/1.1 200 OK");
        await WaitUntilAsync(() => server.Budget.InUse == 0);
        (await PostAsync(server, second)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_body_that_trickles_below_the_minimum_rate_is_408_and_the_client_reads_why()
    {
        await using var server = await PlumbingServer.StartAsync(rate: new MinDataRate(1000, TimeSpan.FromSeconds(1.5)));
        await using var connection = await server.ConnectAsync();
        await connection.WriteAsync("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"u8.ToArray(), Cancellation);
        using var reader = new StreamReader(connection);
        var answer = await reader.ReadToEndAsync(Cancellation);
        answer.ShouldStartWith("HTTP/1.1 408 Request Timeout");
        answer.ShouldContain("\"code\":\"request_timeout\"");
        server.Budget.InUse.ShouldBe(0);
    }

    [Fact]
    public async Task A_body_that_takes_too_long_is_408()
    {
        var time = new ManualTimeProvider();
        await using var server = await PlumbingServer.StartAsync(time: time);
        await using var connection = await server.ConnectAsync();
        await connection.WriteAsync("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"u8.ToArray(), Cancellation);
        await WaitUntilAsync(() => server.Budget.InUse > 0);
        time.Advance(TimeSpan.FromMinutes(3));
        await connection.WriteAsync("}"u8.ToArray(), Cancellation);
        using var reader = new StreamReader(connection);
        (await reader.ReadLineAsync(Cancellation)).ShouldBe("HTTP/1.1 408 Request Timeout");
    }

    [Fact]
    public async Task A_body_that_is_too_large_and_never_comes_leaves_no_error_in_the_log()
    {
        await using var server = await PlumbingServer.StartAsync(bodies: new BodyLimits { Bytes = 1024, DrainTime = TimeSpan.FromMilliseconds(200) });
        await using (var connection = await server.ConnectAsync())
        {
            await connection.WriteAsync("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"u8.ToArray(), Cancellation);
            using var reader = new StreamReader(connection);
            (await reader.ReadLineAsync(Cancellation)).ShouldBe("HTTP/1.1 413 Payload Too Large");
        }

        await server.StopAsync();
        server.Log.Lines.Where(line => line.Level >= LogLevel.Error).ShouldBeEmpty();
    }

    [Fact]
    public void The_largest_body_fits_the_budget_that_is_asked_for_it()
    {
        foreach (var size in new[] { 1024, 64 * 1024, 100_000, 1 << 20, (1 << 20) + 1 })
        {
            var budget = new BodyBudget(Math.Max(16 * 1024, PooledBuffer.MostHeldFor(size)));
            using var buffer = new PooledBuffer(budget);
            while (buffer.Length < size)
            {
                if (buffer.Free.IsEmpty)
                    buffer.TryGrow(0).ShouldBeTrue($"{size} at {buffer.Length}");
                buffer.Advance(Math.Min(buffer.Free.Length, size - buffer.Length));
            }
        }
    }

    private static async Task<HttpResponseMessage> PostAsync(
        PlumbingServer server, byte[] body, string? type = "application/json", string? encoding = null, bool chunked = false)
    {
        using var content = new ByteArrayContent(body);
        if (type is not null)
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        if (encoding is not null)
            content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/echo") { Content = content };
        request.Headers.TransferEncodingChunked = chunked;
        return await server.Client.SendAsync(request, Cancellation);
    }

    private static byte[] Pack(byte[] text, string encoding)
    {
        using var packed = new MemoryStream();
        using (Stream packer = encoding == "br"
            ? new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true)
            : new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            packer.Write(text);
        }

        return packed.ToArray();
    }

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        while (!condition())
            await Task.Delay(5, Cancellation);
    }
}
