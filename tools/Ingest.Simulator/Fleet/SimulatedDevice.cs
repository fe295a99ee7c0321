using Ingest.Simulator.Daemon;
using Ingest.Simulator.Faults;
using Ingest.Simulator.Servers;
using Ingest.Simulator.Wire;

namespace Ingest.Simulator.Fleet;

/// <summary>A machine with a person, a local database, a daemon, and faults. All it does is strictly one after the other.</summary>
internal sealed class SimulatedDevice
{
    /// <summary>How often somebody is at work, in an hour.</summary>
    private const double UsePerHour = 0.5;

    private readonly DeviceWire _wire;
    private readonly IReadOnlyList<Fault> _faults;
    private readonly Random _dice;
    private readonly Usage _usage;
    private readonly List<string> _formerIds = [];
    private Pass? _suspended;
    private bool _mended;

    /// <param name="name">Unique in the run; all dice of the device hang on it.</param>
    /// <param name="other">Where it may be moved to.</param>
    public SimulatedDevice(
        RunPlan plan, string name, string deviceId, IReadOnlyList<FaultKind> faults, HttpWire http, IServer server, IServer? other)
    {
        Name = name;
        HistoryDays = plan.HistoryDays;
        _faults = [.. faults.Select(kind => kind.Create(plan.Dice(name, kind.Name), plan, other))];
        _dice = plan.Dice(name, "usage");
        _usage = new Usage(_dice);
        _wire = new DeviceWire(http, server, _faults);
        Daemon = new ModelDaemon(new DaemonConfig(deviceId, server.WorkspaceId, name, plan.ChunkSize), Store, _wire);
        var today = ClientInstant.DayOf(plan.Start);
        for (var age = 1; age <= plan.HistoryDays; age++) _usage.RecordPast(Store, ClientInstant.DayBefore(today, age));
        foreach (var fault in _faults) fault.Begin(this);
    }

    public string Name { get; }

    public int HistoryDays { get; }

    public LocalStore Store { get; } = new();

    /// <summary>Ids it synced under before, oldest first.</summary>
    public IReadOnlyList<string> FormerIds => _formerIds;

    public ModelDaemon Daemon { get; }

    /// <summary>The server it syncs to now, which is the one to count on.</summary>
    public IServer Server => _wire.Server;

    public async Task StepAsync(Moment moment, CancellationToken cancellation)
    {
        await _wire.BeginAsync(moment, cancellation);
        Suffer(moment);
        if (moment.IsNoisy && _faults.Any(fault => fault.Sleeps(moment))) return;
        if (_dice.NextDouble() < UsePerHour * moment.Length.TotalHours) Use(moment);
        if (moment.IsNoisy && _faults.Any(fault => fault.IsOffline(moment))) return;

        if (_suspended is { } pass)
        {
            _suspended = null;
            await Daemon.SendAsync(pass, moment.Now, cancellation);
        }

        await Daemon.TickAsync(moment.Now, cancellation);
        if (!moment.IsNoisy) return;
        foreach (var fault in _faults) fault.AfterTick(this, moment);
    }

    public void Use(Moment moment) => _usage.Record(Store, moment.Now + Daemon.Skew);

    /// <summary>The machine falls asleep when the rows of a pass are read and none of its chunks is sent.</summary>
    public void SuspendInAPass(Moment moment)
    {
        if (!Daemon.HasStopped) _suspended = Daemon.Read(moment.Now);
    }

    public void PointAt(IServer server)
    {
        _wire.Server = server;
        Daemon.Config = Daemon.Config with { WorkspaceId = server.WorkspaceId };
    }

    /// <summary>Goes on under another id.</summary>
    public void Reinstall(string deviceId, bool resets)
    {
        _formerIds.Add(Daemon.Config.DeviceId);
        Daemon.Config = Daemon.Config with { DeviceId = deviceId };
        if (resets) Daemon.Reset();
    }

    /// <summary>Any row of the day that is so many days ago.</summary>
    public LocalRow? RowOfAge(Random dice, Moment moment, int age)
    {
        var day = ClientInstant.DayBefore(Daemon.Today(moment.Now), age);
        if (Store.Day(day) is not { } rows) return null;
        var (key, rollup) = rows.ElementAt(dice.Next(rows.Count));
        return new LocalRow(day, key, rollup);
    }

    public void Grow(LocalRow row, Random dice) => Store.Add(row.Day, row.Key, Usage.Messages(dice, row.Key, dice.Next(1, 5)));

    /// <summary>Usage of a day so many days ago turns up.</summary>
    public void Import(Moment moment, int age, Random dice)
    {
        var key = _usage.AnyKey(dice);
        Store.Add(ClientInstant.DayBefore(Daemon.Today(moment.Now), age), key, Usage.Messages(dice, key, dice.Next(1, 20)));
    }

    private void Suffer(Moment moment)
    {
        if (!moment.IsNoisy && !_mended)
        {
            _mended = true;
            foreach (var fault in _faults) fault.Mend(this);
        }

        foreach (var fault in _faults)
        {
            if (moment.IsNoisy) fault.Strike(this, moment);
            fault.Proceed(this, moment);
        }
    }
}
