using System.Diagnostics;
using System.Net;
using Ingest.Api.Tests.Plumbing;
using Ingest.Persistence.Cluster;
using Ingest.Persistence.Migrations;
using Ingest.Testing.Postgres;
using Ingest.Testing.Service;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Ingest.Api.Tests.Startup;

/// <summary>Trouble with the database is a fault of ours: 503 and a time to come back, never a 401, and over by itself.</summary>
public sealed class OutageTests
{
    [Fact]
    public async Task A_private_cluster_that_was_killed_is_started_again_and_has_lost_nothing()
    {
        Assert.SkipUnless((await TestPostgres.ServerAsync()).Rung.Contains("local binaries"), "There are no local binaries to start a cluster from.");
        var folder = Path.Combine(Path.GetTempPath(), $"ingest-killed-{Guid.NewGuid():N}"[..24]);
        await using var unused = await TestDatabase.CreateAsync(migrate: false);
        try
        {
            await using var service = await IngestService.StartAsync(unused, null, ("ConnectionStrings:Ingest", ""), ("Embedded:DataDirectory", folder));
            var device = ServiceFixture.NewDevice();
            var envelope = ServiceFixture.Envelope(device).Rollup(ServiceFixture.Today);
            (await service.PostAsync(envelope)).ShouldBeStored();

            var killed = Postmaster();
            using (var process = Process.GetProcessById(killed)) process.Kill();

            // Sessions that were open outlive their postmaster by a moment, and what they commit counts.
            await Eventually.TrueAsync(async () => Postmaster() is var now && now != 0 && now != killed && (await service.PostAsync(envelope)).Status == HttpStatusCode.OK, "the cluster runs again");
            (await service.PostAsync(envelope)).ShouldBeStored()["rows"]!["unchanged"]!.GetValue<int>().ShouldBe(1);
            await service.StopAsync();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        int Postmaster()
        {
            var file = new FileInfo(Path.Combine(folder, "postgres", "postmaster.pid"));
            return file.Exists && int.TryParse(File.ReadLines(file.FullName).FirstOrDefault(), out var id) ? id : 0;
        }
    }

    [Fact]
    public async Task While_Postgres_is_stopped_everything_is_503_and_when_it_is_back_so_is_the_service()
    {
        Assert.SkipUnless((await TestPostgres.ServerAsync()).Rung.Contains("local binaries"), "There are no local binaries to start a cluster from.");
        var folder = Path.Combine(Path.GetTempPath(), $"ingest-outage-{Guid.NewGuid():N}"[..24]);
        var options = new ClusterOptions(folder) { Durable = false };
        var cluster = await LocalCluster.StartAsync(options);
        try
        {
            await using (var source = NpgsqlDataSource.Create(cluster.ConnectionString)) await Migrator.MigrateAsync(source);
            await using var database = await TestDatabase.CreateAsync(migrate: false);
            await using var service = await IngestService.StartAsync(database, null, ("ConnectionStrings:Ingest", cluster.ConnectionString));
            using var stranger = service.ClientWith("budi_nobody-ever-made-this-key-0123456789");
            using var nobody = service.ClientWithoutKey();
            var device = ServiceFixture.NewDevice();
            var envelope = ServiceFixture.Envelope(device).Rollup(ServiceFixture.Today);
            (await service.PostAsync(envelope)).ShouldBeStored();
            (await stranger.PostEnvelopeAsync(envelope)).ShouldBeRefused(401, "unauthorized");

            await cluster.DisposeAsync();
            (await service.PostAsync(envelope)).ShouldBeRefused(503, "store_unavailable");
            (await stranger.PostEnvelopeAsync(envelope)).ShouldBeRefused(503, "store_unavailable");
            await Eventually.TrueAsync(async () => (await nobody.PostEnvelopeAsync(envelope)).Status == HttpStatusCode.ServiceUnavailable, "nothing is believed any more");
            (await nobody.PostEnvelopeAsync(envelope)).ShouldBeRefused(503, "store_unavailable");
            foreach (var path in new[] { $"/v1/ingest/status?device_id={device}", "/v1/whoami", "/v1/pricing/active" })
            {
                (await service.GetAsync(path)).ShouldBeRefused(503, "store_unavailable");
            }

            await Eventually.TrueAsync(async () => (await service.GetAsync("/health/ready")).Text("status") == "database_away", "readiness has noticed");
            (await service.GetAsync("/health/live")).Status.ShouldBe(HttpStatusCode.OK);

            cluster = await LocalCluster.StartAsync(options);
            await Eventually.TrueAsync(async () => (await service.PostAsync(envelope)).Status == HttpStatusCode.OK, "the service is back");
            (await stranger.PostEnvelopeAsync(envelope)).ShouldBeRefused(401, "unauthorized");
            await Eventually.TrueAsync(async () => (await service.GetAsync("/health/ready")).Status == HttpStatusCode.OK, "readiness has noticed");

            // What was refused meanwhile is told afterwards: it was kept until it could be written.
            await service.StopAsync();
            await using var after = NpgsqlDataSource.Create(cluster.ConnectionString);
            await using var command = after.CreateCommand($"SELECT count(*) FROM sync_attempts WHERE device_id = '{device}' AND code = 'store_unavailable'");
            ((long)(await command.ExecuteScalarAsync())!).ShouldBeGreaterThan(0);
        }
        finally
        {
            await cluster.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A daemon waits 30 s for an answer. Whatever is held longer is held for nobody, and more comes in all the time.</summary>
    [Fact]
    public async Task A_database_that_hangs_is_answered_503_while_the_client_still_waits()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var relay = new Relay(database.ConnectionString);
        await using var service = await IngestService.StartAsync(database, null, ("ConnectionStrings:Ingest", relay.ConnectionString));
        using var log = new RecordedLog();
        service.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        var device = ServiceFixture.NewDevice();
        var envelope = ServiceFixture.Envelope(device).Rollup(ServiceFixture.Today);
        (await service.PostAsync(envelope)).ShouldBeStored();

        relay.Block();
        var watch = Stopwatch.StartNew();
        Task<ServiceAnswer>[] asked = [.. Enumerable.Range(0, 4).Select(_ => service.PostAsync(envelope)), service.StatusAsync(device)];
        await Eventually.TrueAsync(async () => (await service.GetAsync("/health/ready")).Text("status") == "database_away", "readiness has noticed");
        foreach (var answer in await Task.WhenAll(asked)) answer.ShouldBeRefused(503, "store_unavailable");
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30));

        relay.Unblock();
        await Eventually.TrueAsync(async () => (await service.PostAsync(envelope)).Status == HttpStatusCode.OK, "the service is back");
        log.Lines.Where(line => line.Text.Contains("   at ", StringComparison.Ordinal)).ShouldBeEmpty("an outage is told in words");
    }

    [Fact]
    public async Task What_the_database_refuses_is_in_the_log_in_its_own_words()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await IngestService.StartAsync(database);
        using var log = new RecordedLog();
        service.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        await service.QueryAsync<string>("ALTER TABLE daily_rollups ADD CONSTRAINT none_today CHECK (message_count < 0) NOT VALID");
        (await service.PostAsync(ServiceFixture.Envelope(ServiceFixture.NewDevice()).Rollup(ServiceFixture.Today))).ShouldBeRefused(503, "store_unavailable");
        log.Ours.ShouldContain(line => line.Contains("23514", StringComparison.Ordinal) && line.Contains("none_today", StringComparison.Ordinal));
    }

    [Fact]
    public async Task While_the_schema_is_behind_the_service_names_the_command_and_goes_on_by_itself_once_it_has_run()
    {
        await using var database = await TestDatabase.CreateAsync(migrate: false);
        await using var service = await IngestService.StartAsync(database);
        var ready = await service.GetAsync("/health/ready");
        ready.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        ready.Text("status").ShouldBe("schema_behind");
        ready.Text("run").ShouldBe("ingest migrate");
        ready["missing_migrations"]!.AsArray().Select(name => name!.GetValue<string>()).ShouldContain("0001_initial");
        var envelope = ServiceFixture.Envelope(ServiceFixture.NewDevice()).Rollup(ServiceFixture.Today);
        (await service.PostAsync(envelope)).ShouldBeRefused(503, "schema_behind").Text("detail")!.ShouldContain("ingest migrate");
        using var nobody = service.ClientWithoutKey();
        (await nobody.PostEnvelopeAsync(envelope)).ShouldBeRefused(503, "schema_behind");

        await Migrator.MigrateAsync(database.DataSource);
        await Eventually.TrueAsync(async () => (await service.PostAsync(envelope)).Status == HttpStatusCode.OK, "the service is ready");
        (await service.GetAsync("/health/ready")).Status.ShouldBe(HttpStatusCode.OK);
    }
}
