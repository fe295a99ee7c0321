using System.Diagnostics;
using System.Net;
using Ingest.Domain.Envelopes;
using Ingest.Persistence.Upkeep;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Faults;
using Ingest.Testing.Postgres;
using Ingest.Testing.Service;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ingest.Persistence.Tests.Upkeep;

public sealed class PruningUnderLoadTests
{
    private const string Device = "dev_full";

    [Fact]
    [Fault(FaultArea.Operations, "Attempts, versions and quarantined rows removed by the ten thousand from a device while it posts", "P3")]
    public async Task Envelopes_of_a_device_do_not_wait_for_its_old_rows_to_go()
    {
        var rows = FaultRun.Times(4_000, 10_000);
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await IngestService.StartAsync(database);
        (await PostAsync(0)).ShouldBe(HttpStatusCode.OK);
        await FillAsync(rows);

        using var pruner = new Pruner(database.DataSource, new RetentionPolicy(90, 180, 180), TimeProvider.System, NullLogger<Pruner>.Instance);
        var pruning = pruner.RunOnceAsync(TestContext.Current.CancellationToken);
        var (posted, slowest) = (0, TimeSpan.Zero);
        do
        {
            var watch = Stopwatch.StartNew();
            (await PostAsync(++posted)).ShouldBe(HttpStatusCode.OK);
            if (watch.Elapsed > slowest) slowest = watch.Elapsed;
        }
        while (!pruning.IsCompleted || posted < 5);

        (await pruning).ShouldBe(new PrunedRows(rows, rows, 0, rows));
        slowest.ShouldBeLessThan(TimeSpan.FromSeconds(3));
        (await service.QueryAsync<long>($"SELECT quarantined_rows FROM devices WHERE device_id = '{Device}'")).ShouldBe([0L]);
        FaultRun.Report($"{3 * rows} rows", $"{posted} envelopes stored meanwhile, the slowest in {slowest.TotalMilliseconds:0} ms, 0 refused");

        async Task<HttpStatusCode> PostAsync(int messages) => (await service.PostAsync(EnvelopeBuilder.For(IngestService.WorkspaceId).Device(Device)
            .SyncedAt(TimeProvider.System.GetUtcNow()).Rollup(Day.Of(TimeProvider.System.GetUtcNow()), rollup => rollup.Messages(messages)))).Status;

        async Task FillAsync(int count)
        {
            await using var command = database.DataSource.CreateCommand($"""
                INSERT INTO quarantined_rows (workspace_id, device_id, id, kind, path, code, message, raw, schema_version, attempt_id, received_at, sent_at)
                SELECT '{IngestService.WorkspaceId}', '{Device}', gen_random_uuid(), 'daily_rollups', '$', 'code', 'message', convert_to(repeat('x', 500), 'UTF8'), 2, gen_random_uuid(),
                       now() - interval '200 days', now() FROM generate_series(1, {count});
                UPDATE devices SET quarantined_rows = {count} WHERE device_id = '{Device}';
                INSERT INTO sync_attempts (workspace_id, device_id, received_at, attempt_id, key_id, last_received_at, http_status, body_bytes, duration_us,
                    rollups, sessions, windows, changed, unchanged, superseded, rejected)
                SELECT '{IngestService.WorkspaceId}', '{Device}', now() - interval '100 days', gen_random_uuid(), gen_random_uuid(), now() - interval '100 days', 200, 1, 1, 0, 0, 0, 0, 0, 0, 0
                FROM generate_series(1, {count});
                INSERT INTO day_versions
                SELECT '{IngestService.WorkspaceId}', '{Device}', '2026-01-01', now() - interval '200 days' - n * interval '1 second', gen_random_uuid(), '{"{grew}"}', gen_random_uuid(), gen_random_uuid(),
                       now(), 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, jsonb_build_array(repeat(md5(n::text), 200))
                FROM generate_series(1, {count}) AS n;
                """);
            await command.ExecuteNonQueryAsync();
        }
    }
}
