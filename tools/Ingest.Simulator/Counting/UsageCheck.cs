using Ingest.Simulator.Daemon;
using Ingest.Simulator.Fleet;

namespace Ingest.Simulator.Counting;

/// <summary>Adds up what devices hold by each dimension, and holds it against what the server tells of the same devices.</summary>
internal sealed class UsageCheck(ServerReader reader)
{
    /// <summary>As many as one filter takes.</summary>
    private const int DevicesAtOnce = 100;

    private const int MostExamples = 5;

    /// <summary>Devices are the last: one that was installed anew has used some of it under another id.</summary>
    private static readonly (string Name, Func<string, RowKey, string> ValueOf)[] Dimensions =
    [
        ("day", (day, _) => day), ("provider", (_, key) => key.Provider), ("model", (_, key) => key.Model), ("repo", (_, key) => key.RepoId), ("branch", (_, key) => key.GitBranch),
        ("ticket", (_, key) => Ticket.Of(key.GitBranch)?.Text ?? ""), ("surface", (_, key) => key.Surface), ("role", (_, key) => key.Role),
    ];

    /// <returns>Null where the server does not tell.</returns>
    public async Task<UsageFinding?> RunAsync(IEnumerable<SimulatedDevice> devices, CancellationToken cancellation)
    {
        var (count, sums, apart) = (0, 0, 0);
        var examples = new List<string>();
        foreach (var some in devices.Where(device => device.Store.Days.Any()).GroupBy(device => device.Server).SelectMany(server => server.Chunk(DevicesAtOnce)))
        {
            var (first, last) = (some.Min(device => device.Store.Days.First())!, some.Max(device => device.Store.Days.Last())!);
            string[] ids = [.. some.Select(device => device.Daemon.Config.DeviceId)];
            foreach (var (name, valueOf) in Dimensions)
            {
                if (await reader.UsageAsync(some[0].Server, ids, name, first, last, cancellation) is not { } there) return null;
                Compare(name, Sums(some, valueOf), there);
            }

            SimulatedDevice[] constant = [.. some.Where(device => device.FormerIds.Count == 0)];
            if (constant.Length > 0 && await reader.UsageAsync(some[0].Server, [.. constant.Select(device => device.Daemon.Config.DeviceId)], "device", first, last, cancellation) is { } own)
                Compare("device", constant.ToDictionary(device => device.Daemon.Config.DeviceId, device => Sums([device], (_, _) => "").GetValueOrDefault(""), StringComparer.Ordinal), own);
            count += some.Length;
        }

        return new UsageFinding(count, sums, apart, examples);

        void Compare(string dimension, Dictionary<string, DaySums> here, IReadOnlyDictionary<string, DaySums> there)
        {
            foreach (var value in here.Keys.Union(there.Keys, StringComparer.Ordinal))
            {
                sums++;
                if (here.GetValueOrDefault(value) == there.GetValueOrDefault(value)) continue;
                apart++;
                if (examples.Count < MostExamples) examples.Add($"{dimension} {value}: {here.GetValueOrDefault(value)} on devices, {there.GetValueOrDefault(value)} told");
            }
        }
    }

    private static Dictionary<string, DaySums> Sums(IEnumerable<SimulatedDevice> devices, Func<string, RowKey, string> valueOf)
    {
        var sums = new Dictionary<string, DaySums>(StringComparer.Ordinal);
        foreach (var device in devices)
        {
            foreach (var day in device.Store.Days)
            {
                foreach (var (key, row) in Comparison.Usable(device.Store.Day(day))) sums[valueOf(day, key)] = sums.GetValueOrDefault(valueOf(day, key)) + row with { Rows = 0 };
            }
        }

        return sums;
    }
}
