using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Ingest.Persistence.Identity;
using Ingest.Testing.Postgres;
using Ingest.Testing.Service;
using Microsoft.Extensions.DependencyInjection;

namespace Ingest.Api.Tests.Attempts;

/// <summary>What fails authentication is counted and causes no write: strangers must not be able to fill a database.</summary>
public sealed class StrangerTests
{
    [Fact]
    public async Task Each_reason_is_counted_and_nothing_is_written()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await IngestService.StartAsync(database);
        var counted = new ConcurrentDictionary<string, long>();
        using var listener = ListenTo(service, counted);
        var written = await WrittenAsync(service);

        using var stranger = service.ClientWithoutKey();
        using var malformed = service.ClientWith("sk_no-key-of-ours-at-all");
        using var unknown = service.ClientWith("budi_nobody_knows_this_key_here");
        await stranger.PostEnvelopeAsync("{}");
        await stranger.GetAsync("/v1/whoami");
        await malformed.PostEnvelopeAsync("{}");
        for (var i = 0; i < 3; i++) await unknown.PostEnvelopeAsync("{}");
        counted.ShouldBe(new Dictionary<string, long> { ["missing"] = 2, ["malformed"] = 1, ["unknown"] = 3 }, ignoreOrder: true);

        await service.GetAsync("/v1/whoami");
        counted.Values.Sum().ShouldBe(6);

        await service.Services.GetRequiredService<ServerSetup>().SetMaintenanceAsync(true);
        await Eventually.TrueAsync(async () => (int)(await service.GetAsync("/v1/whoami")).Status == 503, "maintenance is known");
        counted["maintenance"].ShouldBe(1);
        await service.Services.GetRequiredService<ServerSetup>().SetMaintenanceAsync(false);

        await service.StopAsync();
        (await WrittenAsync(service)).ShouldBe(written);
    }

    [Fact]
    public async Task A_database_without_a_key_is_counted_as_not_set_up()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await IngestService.StartAsync(database);
        var counted = new ConcurrentDictionary<string, long>();
        using var listener = ListenTo(service, counted);
        await service.QueryAsync<int>("DELETE FROM api_keys RETURNING 1");
        using var stranger = service.ClientWithoutKey();
        await Eventually.TrueAsync(async () => (int)(await stranger.GetAsync("/v1/whoami")).StatusCode == 503, "no key is known");
        counted["not_set_up"].ShouldBe(1);
    }

    private static MeterListener ListenTo(IngestService service, ConcurrentDictionary<string, long> counted)
    {
        // Other tests of this process have services of their own, each with its own meters.
        var factory = service.Services.GetRequiredService<IMeterFactory>();
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Name == "ingest.authentication.failures" && ReferenceEquals(instrument.Meter.Scope, factory)) listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            foreach (var (name, reason) in tags)
            {
                if (name == "reason") counted.AddOrUpdate((string)reason!, value, (_, before) => before + value);
            }
        });
        listener.Start();
        return listener;
    }

    private static async Task<string> WrittenAsync(IngestService service)
    {
        var tables = await service.QueryAsync<string>("SELECT relname::text FROM pg_stat_user_tables WHERE relname NOT IN ('api_keys', 'server_state') ORDER BY relname");
        var counts = new List<string>();
        foreach (var table in tables) counts.Add($"{table} {(await service.QueryAsync<long>($"SELECT count(*) FROM {table}"))[0]}");
        return string.Join(", ", counts);
    }
}
