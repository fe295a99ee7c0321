using System.Diagnostics;
using Ingest.Faults.Tests.Load;
using Ingest.Testing.Service;
using Npgsql;

namespace Ingest.Faults.Tests.Database;

/// <summary>The service that keeps its own Postgres brings it back by itself, whatever became of it.</summary>
public sealed class PrivatePostgresTests(PrivatePostgresTests.Fixture fixture) : IClassFixture<PrivatePostgresTests.Fixture>
{
    private readonly Random _random = new(2);

    private PostgresProcess Postgres => fixture.Postgres;

    private ServiceProcess Service => fixture.Service;

    [Fact]
    [Fault(FaultArea.Database, "The private Postgres is killed (-9) under load", "P1 P3 P7")]
    public Task A_private_Postgres_that_is_killed_comes_back_with_all_that_was_acknowledged() => StandsAsync("kills", () =>
    {
        Postgres.Kill();
        return Task.CompletedTask;
    });

    [Fact]
    [Fault(FaultArea.Database, "One session of Postgres is killed (-9) under load: all sessions end, Postgres recovers", "P1 P3 P7")]
    public Task A_session_that_is_killed_costs_nothing_that_was_acknowledged() => StandsAsync("kills", Postgres.KillSessionAsync, isAnotherServer: false);

    [Fact]
    [Fault(FaultArea.Database, "The private Postgres is stopped under load", "P1 P3 P7")]
    public Task A_private_Postgres_that_is_stopped_is_started_again() => StandsAsync("stops", Postgres.StopAsync);

    [Fact]
    [Fault(FaultArea.Database, "Service and private Postgres are killed (-9) together under load", "P1 P3 P7")]
    public Task A_service_that_is_killed_with_its_Postgres_has_lost_nothing() => StandsAsync("kills", async () =>
    {
        Postgres.Kill();
        await Service.KillAsync();
        Service.Start();
    });

    private async Task StandsAsync(string what, Func<Task> fault, bool isAnotherServer = true)
    {
        await using var load = EnvelopeLoad.Start(LoadPlan.Of(devices: 16), Service.Address);
        var times = FaultRun.Times(1, 10);
        var longest = TimeSpan.Zero;
        for (var time = 0; time < times; time++)
        {
            await load.AcknowledgedAsync(_random.Next(20, 300));
            var watch = Stopwatch.StartNew();
            var (before, noticed) = (Postgres.ProcessId, load.RefusedAsync(1));
            await fault();
            using var hold = load.HoldHalf();
            await noticed;

            // Sessions outlive their server by a moment, and what they commit counts; but the outage is over only with another server.
            if (isAnotherServer)
            {
                await Eventually.TrueAsync(
                    () => Task.FromResult(Postgres.ProcessId is var now && now != 0 && now != before), "Postgres runs again", TimeSpan.FromMinutes(1));
            }

            await load.AcknowledgedAsync(20);
            longest = watch.Elapsed > longest ? watch.Elapsed : longest;
            await StoredParts.ShouldAgreeAsync(fixture.Database, load.History);
        }

        await Service.ReadyAsync();
        await load.StopAsync();
        await StoredParts.ShouldAgreeAsync(fixture.Database, load.History);
        FaultRun.Report($"{times} {what}", $"{load.History.Acknowledged} acknowledged, 0 lost, 0 in part; storing again after {longest.TotalSeconds:0.0} s at most");
    }

    /// <summary>One service and its Postgres, which stand all of it, one after the other.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private string _folder = "";

        internal PostgresProcess Postgres { get; private set; } = null!;

        internal ServiceProcess Service { get; private set; } = null!;

        internal NpgsqlDataSource Database { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            _folder = await OwnPostgres.FolderAsync();
            Service = await ServiceProcess.StartAsync(null, [.. Settings.Unlimited, ("Embedded:DataDirectory", _folder)]);
            Postgres = new PostgresProcess(_folder);
            Database = NpgsqlDataSource.Create(Postgres.ConnectionString);
        }

        public async ValueTask DisposeAsync()
        {
            if (Database is not null) await Database.DisposeAsync();
            if (Service is not null) await Service.DisposeAsync();
            if (_folder.Length > 0) Directory.Delete(_folder, recursive: true);
        }
    }
}
