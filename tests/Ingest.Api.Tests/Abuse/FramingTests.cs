using System.Text;
using Ingest.Testing.Faults;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Abuse;

/// <summary>Bodies whose length is not what was said, or that come in pieces of every size.</summary>
public sealed class FramingTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static string Head(string headers) =>
        $"POST /v1/ingest HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {IngestService.Key}\r\nContent-Type: application/json\r\n{headers}\r\n\r\n";

    [Fact]
    [Fault(FaultArea.Bodies, "Lengths that lie, chunks that break off, two lengths, length and chunks at once", "P3 P7")]
    public async Task A_body_that_is_not_as_long_as_it_says_is_refused_and_nothing_of_it_is_stored()
    {
        var rounds = FaultRun.Times(brief: 1, full: 6);
        var tally = new Tally();
        for (var round = 0; round < rounds; round++)
        {
            var device = ServiceFixture.NewDevice();
            var body = ServiceFixture.Envelope(device).Rollup(ServiceFixture.Today).ToJson();
            var length = Encoding.UTF8.GetByteCount(body);
            var chunk = $"{length:x}\r\n{body}\r\n";
            (bool Leaves, string Text)[] lies =
            [
                // Too short: the rest is no request.
                (false, Head($"Content-Length: {length - 1}") + body),
                (false, Head("Content-Length: 1") + body),
                (false, Head($"Content-Length: 0") + body),
                (false, Head("Connection: close") + body),

                // Too long: the client goes away without the rest.
                (true, Head($"Content-Length: {length + 1}") + body),
                (true, Head($"Content-Length: {33_554_432}") + body),
                (true, Head($"Content-Length: {33_554_433}") + body),
                (true, Head($"Content-Length: {long.MaxValue}") + body),

                // Two lengths.
                (false, Head($"Content-Length: {length}\r\nContent-Length: {length + 1}") + body),
                (false, Head($"Content-Length: {length}, {length}") + body),

                // Chunks without an end, or that are none.
                (true, Head("Transfer-Encoding: chunked") + chunk),
                (true, Head("Transfer-Encoding: chunked") + body),
                (true, Head("Transfer-Encoding: chunked") + $"{length + 5:x}\r\n{body}\r\n0\r\n\r\n"),
                (true, Head("Transfer-Encoding: chunked") + $"{length - 5:x}\r\n{body}\r\n0\r\n\r\n"),
                (true, Head("Transfer-Encoding: chunked") + $"-1\r\n{body}\r\n0\r\n\r\n"),
                (true, Head("Transfer-Encoding: chunked") + $"fffffffffffffffff\r\n{body}\r\n0\r\n\r\n"),
                (true, Head("Transfer-Encoding: gzip") + chunk + "0\r\n\r\n"),
            ];
            foreach (var (leaves, lie) in lies)
            {
                var answers = await RawConnection.ExchangeAsync(fixture.Service.Address, Encoding.UTF8.GetBytes(lie), Patience, leaves);
                foreach (var answer in answers) tally.Count(answer.ShouldBeSound(lie));
                if (answers.Count == 0) tally.Count("000 closed");
                answers.ShouldAllBe(answer => answer.Status >= 400);
                (await fixture.CountAsync("devices", device)).ShouldBe(0, lie);
            }

            foreach (var table in ServiceFixture.DataTables) (await fixture.CountAsync(table, device)).ShouldBe(0, table);
        }

        TestContext.Current.SendDiagnosticMessage("{0}", tally);
        FaultRun.Report($"{tally[""]} bodies", $"{tally["4"]} refused, {tally["000"]} closed where the client had gone, 0 rows stored");
    }

    /// <summary>It says nothing wrong, only too much.</summary>
    [Fact]
    public async Task A_chunk_with_an_endless_extension_is_read_over_it()
    {
        var body = ServiceFixture.Envelope(ServiceFixture.NewDevice()).Rollup(ServiceFixture.Today).ToJson();
        var request = Head("Transfer-Encoding: chunked\r\nConnection: close") + $"{body.Length:x};{new string('e', 100_000)}\r\n{body}\r\n0\r\n\r\n";
        (await RawConnection.ExchangeAsync(fixture.Service.Address, Encoding.UTF8.GetBytes(request), Patience)).ShouldHaveSingleItem().Status.ShouldBe(200);
    }

    /// <summary>One reading of such a request and no other, so that nothing can be smuggled past a proxy that reads it differently.</summary>
    [Fact]
    public async Task A_request_with_a_length_and_chunks_is_read_by_its_chunks_and_is_the_last_of_its_connection()
    {
        var device = ServiceFixture.NewDevice();
        var body = ServiceFixture.Envelope(device).Rollup(ServiceFixture.Today).ToJson();
        var smuggled = $"GET /v1/whoami HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {IngestService.Key}\r\nConnection: close\r\n\r\n";
        foreach (var length in new[] { 0, 5, body.Length })
        {
            var answers = await RawConnection.ExchangeAsync(
                fixture.Service.Address,
                Encoding.UTF8.GetBytes(Head($"Content-Length: {length}\r\nTransfer-Encoding: chunked") + $"{body.Length:x}\r\n{body}\r\n0\r\n\r\n{smuggled}"),
                Patience);
            answers.ShouldHaveSingleItem("what follows is no request").Status.ShouldBe(200);
            answers[0].Headers["Connection"].ShouldBe("close");
        }

        (await fixture.CountAsync("daily_rollups", device)).ShouldBe(1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public async Task A_body_in_many_tiny_chunks_is_read_as_one(int size)
    {
        var device = ServiceFixture.NewDevice();
        var body = ServiceFixture.Envelope(device).Rollup(ServiceFixture.Today).Session("ü").ToBytes();
        using var request = new MemoryStream();
        request.Write(Encoding.ASCII.GetBytes(Head("Transfer-Encoding: chunked\r\nConnection: close")));
        foreach (var part in body.Chunk(size))
        {
            request.Write(Encoding.ASCII.GetBytes($"{part.Length:x}\r\n"));
            request.Write(part);
            request.Write("\r\n"u8);
        }

        request.Write("0\r\n\r\n"u8);
        (await RawConnection.ExchangeAsync(fixture.Service.Address, request.ToArray(), Patience)).ShouldHaveSingleItem().Status.ShouldBe(200);
        (await fixture.CountAsync("daily_rollups", device)).ShouldBe(1);
    }
}
