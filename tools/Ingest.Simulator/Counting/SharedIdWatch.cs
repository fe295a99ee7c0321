using Ingest.Simulator.Faults;
using Ingest.Simulator.Fleet;

namespace Ingest.Simulator.Counting;

/// <summary>Asks status, step by step, whether a shared device id was noticed.</summary>
internal sealed class SharedIdWatch
{
    private const string SharedId = "shared_id";

    /// <summary>Days that are open on every server: today, the last ones while late changes are expected, and one more.</summary>
    private const int OpenDays = 4;

    private readonly RunPlan _plan;
    private readonly ServerReader _reader;
    private readonly Dictionary<string, (IReadOnlyList<SimulatedDevice> Machines, TimeSpan? NamedAfter)> _pairs;

    public SharedIdWatch(RunPlan plan, DeviceFleet fleet, ServerReader reader)
    {
        (_plan, _reader) = (plan, reader);
        _pairs = fleet.Groups.Where(group => group.Faults.Any(fault => fault.Name == FaultKind.Twin)).SelectMany(group => group.Devices)
            .GroupBy(device => device.Daemon.Config.DeviceId, StringComparer.Ordinal)
            .ToDictionary(pair => pair.Key, pair => ((IReadOnlyList<SimulatedDevice>)[.. pair], (TimeSpan?)null), StringComparer.Ordinal);
    }

    public async Task LookAsync(Moment moment, CancellationToken cancellation)
    {
        foreach (var (id, (machines, named)) in _pairs)
        {
            if (named is not null || await _reader.HealthAsync(machines[0].Server, id, cancellation) != SharedId) continue;
            _pairs[id] = (machines, moment.Now + (moment.Length / 2) - _plan.Start);
        }
    }

    public IReadOnlyList<SharedIdFinding> Find() =>
    [
        .. _pairs.Select(pair =>
        {
            var machines = pair.Value.Machines;
            var days = machines.Count * (_plan.Days + _plan.Tail);
            // All open days with every tick, and the whole history a few times a day: more than that is a server that never stops asking.
            var rows = machines.Average(machine => machine.Store.RowCount);
            var perDay = rows / machines.Average(machine => machine.Store.Days.Count());
            return new SharedIdFinding(
                pair.Key, pair.Value.NamedAfter, machines.Sum(machine => machine.Daemon.Traffic.RowsSent) / (double)days,
                (OpenDays * perDay * _plan.TicksPerDay) + (2 * rows));
        }),
    ];
}
