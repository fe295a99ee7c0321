using Ingest.Simulator.Fleet;
using Ingest.Simulator.Servers;

namespace Ingest.Simulator.Counting;

/// <summary>Does at the end what a manager does about reinstalled devices: looks at what is proposed, sees the preview, decides, and compares the sums.</summary>
internal sealed class ReinstallCheck(IReadOnlyList<SimulatedDevice> devices, ServerReader reader)
{
    /// <returns>Null where no device was reinstalled.</returns>
    public async Task<ReinstallFinding?> RunAsync(CancellationToken cancellation)
    {
        List<SimulatedDevice> reinstalled = [.. devices.Where(device => device.FormerIds.Count > 0)];
        if (reinstalled.Count == 0) return null;

        var doubledBefore = 0L;
        foreach (var device in reinstalled) doubledBefore += await DoubledAsync(device, cancellation);
        var (isOffered, accepted, wrong) = (false, 0, 0);
        foreach (var server in reinstalled.GroupBy(device => device.Server))
        {
            var (offers, taken, others) = await AcceptAsync(server.Key, [.. server], cancellation);
            (isOffered, accepted, wrong) = (isOffered || offers, accepted + taken, wrong + others);
        }

        var (lost, doubled, cost) = (0L, 0L, 0L);
        foreach (var device in isOffered ? reinstalled : [])
        {
            var usage = await UsageAsync(device, device.Daemon.Config.DeviceId, cancellation);
            foreach (var day in device.Store.Days.Union(usage.Keys, StringComparer.Ordinal))
            {
                var (here, there) = (Sums(device, day), usage.GetValueOrDefault(day));
                (lost, doubled, cost) = (lost + here.UnitsBeyond(there), doubled + there.UnitsBeyond(here), cost + here.CostApart(there));
            }
        }

        return new ReinstallFinding(reinstalled.Count, reinstalled.Sum(device => device.FormerIds.Count), isOffered, accepted, wrong, doubledBefore, lost, doubled, cost);
    }

    /// <summary>As long as anything is proposed: of three ids the second pair appears when the first is merged.</summary>
    private async Task<(bool IsOffered, int Accepted, int Wrong)> AcceptAsync(IServer server, IReadOnlyList<SimulatedDevice> reinstalled, CancellationToken cancellation)
    {
        // From each id to the one that came after it.
        var next = reinstalled.SelectMany(device => device.FormerIds.Zip(device.FormerIds.Skip(1).Append(device.Daemon.Config.DeviceId))).ToDictionary(StringComparer.Ordinal);
        var accepted = 0;
        while (true)
        {
            if (await reader.ProposalsAsync(server, cancellation) is not { } proposals) return (false, accepted, 0);
            List<(string Former, string Into)> good = [.. proposals.Where(pair => next.GetValueOrDefault(pair.Former) == pair.Into)];
            if (good.Count == 0) return (true, accepted, proposals.Count);
            foreach (var (former, into) in good) await reader.ContinueAsync(server, former, into, cancellation);
            accepted += good.Count;
        }
    }

    private async Task<long> DoubledAsync(SimulatedDevice device, CancellationToken cancellation)
    {
        var doubled = 0L;
        foreach (var id in device.FormerIds) doubled += (await UsageAsync(device, id, cancellation)).Values.Sum(day => day.Units);
        return doubled;
    }

    private Task<IReadOnlyDictionary<string, DaySums>> UsageAsync(SimulatedDevice device, string deviceId, CancellationToken cancellation) =>
        reader.UsageAsync(device.Server, deviceId, device.Store.Days.First(), device.Store.Days.Last(), cancellation);

    /// <summary>What usage tells of a day: its sums, not how many rows.</summary>
    private static DaySums Sums(SimulatedDevice device, string day) =>
        Comparison.Usable(device.Store.Day(day)).Values.Aggregate(default(DaySums), (sum, row) => sum + row) with { Rows = 0 };
}
