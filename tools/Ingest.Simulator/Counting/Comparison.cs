using Ingest.Simulator.Daemon;
using Ingest.Simulator.Fleet;

namespace Ingest.Simulator.Counting;

/// <summary>Compares day by day, and row by row where a day's sums or its digest differ.</summary>
internal static class Comparison
{
    private const int Examples = 5;

    public static async Task<DeviceCount> CountAsync(SimulatedDevice device, ServerReader reader, CancellationToken cancellation)
    {
        var id = device.Daemon.Config.DeviceId;
        var manifest = await reader.ManifestAsync(device.Server, id, cancellation);
        var (onDevice, onServer, lost, doubled, cost, digests) = (0L, 0L, 0L, 0L, 0L, 0);
        var apart = new List<string>();
        foreach (var day in device.Store.Days.Union(manifest?.Keys ?? [], StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var rows = device.Store.Day(day);
            var here = Usable(rows);
            var sums = here.Values.Aggregate(default(DaySums), (sum, row) => sum + row);
            onDevice += sums.Units;
            var there = manifest?.GetValueOrDefault(day);
            var digestDiffers = there?.Digest is { } digest && rows is not null && here.Count == rows.Count && digest != LocalDigest.Of(day, rows);
            // Rows that moved to another key leave every sum as it was: only a digest, or the rows themselves, tell.
            if (there is { Digest: not null } && there.Sums == sums && !digestDiffers)
            {
                onServer += there.Sums.Units;
                continue;
            }

            var live = await reader.RowsAsync(device.Server, id, day, cancellation) ?? new Dictionary<RowKey, DaySums>();
            var before = (lost, doubled, cost);
            foreach (var key in here.Keys.Union(live.Keys))
            {
                var (local, remote) = (here.GetValueOrDefault(key), live.GetValueOrDefault(key));
                lost += local.UnitsBeyond(remote);
                doubled += remote.UnitsBeyond(local);
                cost += local.CostApart(remote);
                onServer += remote.Units;
            }

            var differs = before != (lost, doubled, cost);
            if (!differs && digestDiffers) digests++;
            // A manifest that does not add up to its own rows is a fault of counting, and lands here too.
            if (!differs && there is not null && there.Sums != sums) cost += long.Max(1, sums.CostApart(there.Sums));
            if (apart.Count < Examples && (differs || digestDiffers))
                apart.Add($"{day} {there?.State ?? "absent"}: {lost - before.lost} lost, {doubled - before.doubled} doubled");
        }

        var daemon = device.Daemon;
        return new DeviceCount(
            id, onDevice, onServer, lost, doubled, cost, digests, daemon.HasStopped, daemon.LastMismatch, apart, daemon.Traffic.Snapshot());
    }

    /// <summary>A row that breaks a rule is in no sum of the server, and so in none of ours.</summary>
    public static Dictionary<RowKey, DaySums> Usable(IReadOnlyDictionary<RowKey, Rollup>? rows) =>
        rows is null ? [] : rows.Where(row => !row.Value.BreaksARule).ToDictionary(row => row.Key, row => DaySums.Of(row.Value));
}
