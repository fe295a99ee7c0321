using Ingest.Testing.Daemons;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Postgres;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Ledger;

/// <summary>A server of one's own and the true time, both owned by one test: days pass as it says.</summary>
internal sealed class Scenario : IAsyncDisposable
{
    /// <summary>Mid-morning, so that a day has room on both sides.</summary>
    public static readonly DateTimeOffset Start = new(2026, 4, 9, 9, 0, 0, TimeSpan.Zero);

    private static readonly TimeSpan BetweenTicks = TimeSpan.FromMinutes(5);

    private readonly List<TestDatabase> _databases = [];

    private Scenario()
    {
    }

    public ShiftedTimeProvider Time { get; } = new();

    public IngestService Service { get; private set; } = null!;

    public DateTimeOffset Now => Time.GetUtcNow();

    public DateOnly Today => DateOnly.FromDateTime(Now.UtcDateTime);

    public static async Task<Scenario> StartAsync()
    {
        var scenario = new Scenario();
        scenario.MoveTo(Start);
        scenario._databases.Add(await TestDatabase.CreateAsync());
        scenario.Service = await IngestService.StartAsync(scenario._databases[0], scenario.Time);
        return scenario;
    }

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        foreach (var database in _databases) await database.DisposeAsync();
    }

    public void MoveTo(DateTimeOffset now) => Time.Set(now);

    public void Pass(TimeSpan time) => Time.Set(Now + time);

    /// <summary>One more instance on the same database.</summary>
    public Task<IngestService> InstanceAsync() => IngestService.StartAsync(Service.Database, Time);

    /// <summary>
    /// Waits until what is known of the device's clock is written. That takes a fraction of a second, and nothing where five minutes really pass.
    /// </summary>
    public Task ContactIsWrittenAsync(string deviceId, DateTimeOffset at) => Eventually.TrueAsync(
        async () => (await Service.QueryAsync<bool>($"SELECT last_attempt_at >= '{at:O}' FROM device_contacts WHERE device_id = '{deviceId}'")) is [true],
        "the contact is written");

    /// <summary>A daemon that has not sent anything, with two rows on each of its last days and on today.</summary>
    public StockDaemon Daemon(int historyDays, string deviceId = EnvelopeBuilder.DefaultDevice)
    {
        var daemon = new StockDaemon(deviceId, Time, Service.Client);
        for (var ago = historyDays; ago >= 0; ago--)
        {
            daemon.Record(10 + ago, Today.AddDays(-ago));
            daemon.Record(20 + ago, Today.AddDays(-ago), "topic", "vscode");
        }

        return daemon;
    }

    /// <summary>A daemon whose first look-back, over everything, is just behind it: the next one is a day away, the next full one a week.</summary>
    public async Task<StockDaemon> SettledDaemonAsync(int historyDays, string deviceId = EnvelopeBuilder.DefaultDevice)
    {
        var daemon = Daemon(historyDays, deviceId);
        await daemon.TickAsync();
        MoveTo((await Service.StatusAsync(deviceId))["look_back.next_at"]!.GetValue<DateTimeOffset>().AddMinutes(1));
        daemon.Record();
        await daemon.TickAsync();
        await NextTickAsync(daemon);
        (await Service.StatusAsync(deviceId))["rewinds.pending"].ShouldBeNull();
        await ShouldHoldAsync(daemon);
        return daemon;
    }

    /// <summary>The daemon's next turn, five minutes on.</summary>
    public Task<IReadOnlyList<SentChunk>> NextTickAsync(StockDaemon daemon, params Delivery[] deliveries)
    {
        Pass(BetweenTicks);
        return daemon.TickAsync(deliveries);
    }

    /// <summary>Lets time pass while the daemon is used and syncs.</summary>
    public async Task LiveAsync(StockDaemon daemon, TimeSpan span, TimeSpan every)
    {
        for (var end = Now + span; Now + every <= end;)
        {
            Pass(every);
            daemon.Record();
            await daemon.TickAsync();
        }
    }

    /// <summary>A copy of the database as it is now.</summary>
    public async Task<TestDatabase> BackUpAsync(StockDaemon daemon)
    {
        await StopAsync();
        var copy = await _databases[0].CopyAsync();
        _databases.Add(copy);
        await ServeAsync(_databases[0], daemon);
        return copy;
    }

    /// <summary>From here on the server has the database <paramref name="backup"/>.</summary>
    public async Task RestoreAsync(TestDatabase backup, StockDaemon daemon)
    {
        await StopAsync();
        await ServeAsync(backup, daemon);
    }

    /// <summary>From here on the server is another one, and empty.</summary>
    public async Task MoveToNewServerAsync(StockDaemon daemon)
    {
        await StopAsync();
        _databases.Add(await TestDatabase.CreateAsync());
        await ServeAsync(_databases[^1], daemon);
    }

    /// <summary>Live rows of the device as the database has them, as <c>day branch surface messages</c>.</summary>
    public Task<List<string>> LiveRowsAsync(string deviceId) => Service.QueryAsync<string>(
        $"SELECT bucket_day || ' ' || git_branch || ' ' || surface || ' ' || message_count FROM daily_rollups WHERE device_id = '{deviceId}' AND ghosted_at IS NULL");

    /// <summary>What the device has, and the server does not count, or otherwise.</summary>
    public async Task<IReadOnlyList<string>> LostAsync(StockDaemon daemon) => [.. RowsOf(daemon).Except(await LiveRowsAsync(daemon.DeviceId), StringComparer.Ordinal)];

    /// <summary>Key by key: nothing is lost, and nothing counts that the device does not have.</summary>
    public async Task ShouldHoldAsync(StockDaemon daemon)
    {
        (await LostAsync(daemon)).ShouldBeEmpty("lost");
        (await LiveRowsAsync(daemon.DeviceId)).Except(RowsOf(daemon), StringComparer.Ordinal).ShouldBeEmpty("doubled");

        var sums = (await Service.GetAsync($"/v1/usage?from={Start.AddDays(-200):yyyy-MM-dd}&to={Today.AddDays(5):yyyy-MM-dd}&device_id={daemon.DeviceId}")).ShouldBeStored();
        sums["totals.message_count"]!.GetValue<long>().ShouldBe(daemon.Days.Sum(day => day.Value.Values.Sum()));
    }

    /// <summary>The day as the manifest tells it.</summary>
    public async Task<string?> StateOfAsync(string deviceId, DateOnly day)
    {
        var manifest = (await Service.GetAsync($"/v1/ingest/manifest?device_id={deviceId}&from={day:yyyy-MM-dd}&to={day.AddDays(1):yyyy-MM-dd}")).ShouldBeStored();
        return (string?)manifest["days"]!.AsArray().SingleOrDefault(told => (string)told!["bucket_day"]! == $"{day:yyyy-MM-dd}")?["state"];
    }

    private static IEnumerable<string> RowsOf(StockDaemon daemon) =>
        daemon.Days.SelectMany(day => day.Value.Select(row => $"{day.Key:yyyy-MM-dd} {row.Key} {row.Value}"));

    private async Task StopAsync()
    {
        await Service.StopAsync();
        await Service.DisposeAsync();
    }

    private async Task ServeAsync(TestDatabase database, StockDaemon daemon)
    {
        Service = await IngestService.StartAsync(database, Time);
        daemon.Server = Service.Client;
    }
}
