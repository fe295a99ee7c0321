using Ingest.Testing;
using Ingest.Testing.Faults;

namespace Ingest.Api.Tests.Abuse;

public sealed class ConnectionCapTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    [Fault(FaultArea.Limits, "More connections are opened than there may be, and kept", "P7")]
    public async Task One_connection_too_many_is_closed_at_once_and_the_next_is_served_when_one_has_gone()
    {
        const int Most = 16;
        var tried = FaultRun.Times(brief: 50, full: 2_000);
        await using var service = await fixture.InstanceAsync(("Limits:Connections", $"{Most}"));
        var held = new List<RawConnection>();
        try
        {
            for (var i = 0; i < Most; i++)
            {
                held.Add(await RawConnection.OpenAsync(service.Address));
                await held[^1].SendAsync("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n");
                (await held[^1].ReadSomeAsync()).ShouldStartWith("HTTP/1.1 200", Case.Sensitive, $"connection {i}");
            }

            for (var i = 0; i < tried; i++)
                (await RawConnection.ExchangeAsync(service.Address, "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), Patience)).ShouldBeEmpty();

            // Those that are in are served as ever.
            await held[0].SendAsync("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n");
            (await held[0].ReadSomeAsync()).ShouldStartWith("HTTP/1.1 200");

            await held[^1].DisposeAsync();
            await Eventually.TrueAsync(
                async () => (await RawConnection.ExchangeAsync(service.Address, "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"u8.ToArray(), Patience)).Count == 1,
                "the place of the one that left is free");
        }
        finally
        {
            foreach (var connection in held) await connection.DisposeAsync();
        }

        FaultRun.Report($"{tried} connections beyond {Most}", $"all closed without an answer; the {Most} served");
    }
}
