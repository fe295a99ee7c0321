using System.Diagnostics.Metrics;
using System.Net;
using Ingest.Api.Telemetry;
using Ingest.Api.Tests.Plumbing;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Health;
using Ingest.Domain.Identity;
using Ingest.Persistence;
using Ingest.Testing;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Postgres;
using Ingest.Testing.Service;
using Microsoft.Extensions.DependencyInjection;

namespace Ingest.Api.Tests.Telemetry;

public sealed class TelemetryTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_collector_gets_metrics_and_traces_and_no_secret()
    {
        const string stranger = "budi_stranger_0123456789abcdefghijklmnopq";
        string[] metrics =
        [
            "ingest-under-test", "http.server.request.duration", "kestrel.active_connections", "db.client.", "ingest.authentication.failures", "ingest.refusals", "ingest.envelopes",
            "ingest.envelopes.in_flight", "ingest.rows", "ingest.commit.envelopes", "ingest.queue.envelopes", "ingest.devices", "ingest.devices.missing", "ingest.rewinds.pending",
            "ingest.quarantined_rows", "unchanged", "refused", "healthy",
        ];
        await using var collector = await Collector.StartAsync();
        await using (var service = await IngestService.StartAsync(
            _database, null, ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "200"), ("OTEL_BSP_SCHEDULE_DELAY", "200"), ("OTEL_SERVICE_NAME", "ingest-under-test")))
        {
            (await service.PostAsync(Envelope())).Status.ShouldBe(HttpStatusCode.OK);
            (await service.PostAsync(Envelope())).Status.ShouldBe(HttpStatusCode.OK);
            (await service.PostAsync("[]")).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
            using var client = service.ClientWith(stranger);
            (await client.GetAsync("/v1/whoami")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            await Eventually.TrueAsync(
                () => Task.FromResult(metrics.All(name => collector.Metrics.Contains(name, StringComparison.Ordinal)) && collector.Traces.Length > 0), "all of it was exported",
                TimeSpan.FromMinutes(1));
            await service.StopAsync();
        }

        foreach (var name in new[] { "read body", "parse envelope", "store envelope", "ingest.attempt_id" }) collector.Traces.ShouldContain(name);

        var password = new Npgsql.NpgsqlConnectionStringBuilder(_database.ConnectionString).Password!;
        foreach (var secret in new[] { IngestService.Key, stranger, password, "a-private-branch" })
        {
            collector.Metrics.ShouldNotContain(secret);
            collector.Traces.ShouldNotContain(secret);
        }
    }

    [Fact]
    public async Task Nothing_is_sent_and_the_devices_are_not_counted_unless_it_is_configured()
    {
        await using var service = await IngestService.StartAsync(_database);
        service.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().ShouldNotContain(hosted => hosted is TelemetryExport);
    }

    [Fact]
    public async Task What_is_counted_is_what_the_document_lists()
    {
        var published = new SortedDictionary<string, string>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name is not (IngestMeter.Name or StoreMeter.Name)) return;
            lock (published) published[instrument.Name] = $"| `{instrument.Name}` | {Kind(instrument)} | {instrument.Unit!.Trim('{', '}')} | {instrument.Description} |";
        };
        listener.Start();
        await using var service = await IngestService.StartAsync(_database);
        (await service.PostAsync(Envelope())).Status.ShouldBe(HttpStatusCode.OK);
        lock (published) DocumentTable.ShouldHold("operations.md", published.Values);

        static string Kind(Instrument instrument) => instrument.GetType().Name switch
        {
            "Counter`1" => "counter",
            "Histogram`1" => "histogram",
            "ObservableUpDownCounter`1" => "up-down counter",
            "ObservableGauge`1" => "gauge",
            var other => throw new InvalidOperationException(other),
        };
    }

    [Fact]
    public async Task The_database_counts_devices_as_the_rules_of_health_do()
    {
        await using var service = await IngestService.StartAsync(_database);
        var now = TimeProvider.System.GetUtcNow();
        DateTimeOffset?[] instants = [null, now.AddMinutes(-1), now.AddHours(-30), now.AddDays(-9)];
        var expected = new Dictionary<SyncState, long>();
        await using (var insert = _database.DataSource.CreateBatch())
        {
            var number = 0;
            foreach (var stored in instants)
            foreach (var polled in instants)
            foreach (var failing in instants)
            foreach (var shared in instants)
            foreach (var standing in Enum.GetValues<DeviceStanding>())
            {
                var (device, key) = ($"dev_{number}", Guid.NewGuid());
                number++;
                Add("INSERT INTO devices (workspace_id, device_id, owner_user_id, first_contact_at, shared_seen_at, standing) VALUES ($1, $2, $3, $4, $5, lower($6))",
                    IngestService.WorkspaceId, device, Guid.Empty, now.AddDays(-20).UtcDateTime, Value(shared), standing.ToString());
                Add("INSERT INTO api_keys (workspace_id, key_id, user_id, key_hash, prefix, created_at, last_polled_at, scopes) SELECT $1, $2, user_id, sha256($2::text::bytea), $3, $4, $5, '{ingest}' FROM users LIMIT 1",
                    IngestService.WorkspaceId, key, device, now.UtcDateTime, Value(polled));
                Add("INSERT INTO device_contacts (workspace_id, device_id, key_id, last_attempt_id, last_attempt_at, last_http_status, last_stored_at, failing_since) VALUES ($1, $2, $3, $3, $4, 200, $5, $6)",
                    IngestService.WorkspaceId, device, key, now.AddDays(-10).UtcDateTime, Value(stored), Value(failing));
                var state = SyncHealth.Of(new DeviceFacts(now.AddDays(-20), stored, polled, failing, null, 200, null, null, null, shared) { Standing = standing }, now).State;
                expected[state] = expected.GetValueOrDefault(state) + 1;
            }

            await insert.ExecuteNonQueryAsync();

            void Add(string sql, params object[] values)
            {
                var command = insert.CreateBatchCommand();
                command.CommandText = sql;
                foreach (var value in values) command.Parameters.Add(new Npgsql.NpgsqlParameter { Value = value });
                insert.BatchCommands.Add(command);
            }
        }

        var fleet = await service.Services.GetRequiredService<IFleetReader>().ReadAsync(now, TestContext.Current.CancellationToken);
        fleet.Devices.ShouldBe(expected, ignoreOrder: true);
        expected.Count.ShouldBe(Enum.GetValues<SyncState>().Length);

        static object Value(DateTimeOffset? instant) => instant is { } at ? at.UtcDateTime : DBNull.Value;
    }

    private static EnvelopeBuilder Envelope() => EnvelopeBuilder.For(IngestService.WorkspaceId).SyncedAt(TimeProvider.System.GetUtcNow())
        .Rollup(Day.Of(TimeProvider.System.GetUtcNow()), rollup => rollup.Branch("a-private-branch"));
}
