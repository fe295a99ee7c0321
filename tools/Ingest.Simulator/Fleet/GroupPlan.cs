using Ingest.Simulator.Faults;
using Ingest.Simulator.Servers;

namespace Ingest.Simulator.Fleet;

/// <summary>A group before its devices are made.</summary>
/// <param name="Count">How many devices.</param>
internal sealed record GroupPlan(string Name, IReadOnlyList<FaultKind> Faults, int Count)
{
    public ServerRole Role => Faults.Any(fault => fault.Name == FaultKind.Restore) ? ServerRole.Restored : ServerRole.Main;

    public bool NeedsOther => Faults.Any(fault => fault.Name == FaultKind.Move);

    public bool IsTwin => Faults.Any(fault => fault.Name == FaultKind.Twin);

    /// <summary>
    /// Each fault alone, and half the devices with all of them at once: on a server that stays, on one that is restored, moving to
    /// another, and under another id. Two machines with one id stand apart.
    /// </summary>
    public static IReadOnlyList<GroupPlan> Of(IReadOnlyList<FaultKind> faults, int devices, bool mixed = true)
    {
        List<FaultKind> twins = [.. faults.Where(fault => !fault.IsHealable)];
        List<FaultKind> healable = [.. faults.Except(twins)];
        List<FaultKind> everywhere = [.. healable.Where(fault => fault.Name is not (FaultKind.Restore or FaultKind.Move or FaultKind.Reinstall))];
        var mixes = new List<(string Name, IReadOnlyList<FaultKind> Faults)>();
        if (mixed && healable.Count > 1)
        {
            if (everywhere.Count > 1) mixes.Add(("all", everywhere));
            foreach (var fault in healable.Except(everywhere).Where(_ => everywhere.Count > 0)) mixes.Add(($"all+{fault.Name}", [.. everywhere.Where(other => !AreApart(fault, other)), fault]));
        }

        var alone = Shares(mixes.Count == 0 ? devices : devices / 2, healable.Count);
        var together = Shares(devices - alone.Sum(), mixes.Count);
        return
        [
            .. healable.Zip(alone, (fault, count) => new GroupPlan(fault.Name, [fault], count)),
            .. mixes.Zip(together, (mix, count) => new GroupPlan(mix.Name, mix.Faults, count)),
            .. twins.Select(fault => new GroupPlan(fault.Name, [fault], 2)),
        ];
    }

    /// <summary>What arrives late from a former id is newer than what the id after it brought: nobody could tell.</summary>
    private static bool AreApart(FaultKind fault, FaultKind other) => fault.Name == FaultKind.Reinstall && other.Name == FaultKind.Late;

    /// <summary>Shares that differ by one at most; none is empty.</summary>
    private static int[] Shares(int whole, int parts) =>
        [.. Enumerable.Range(0, parts).Select(part => int.Max(1, (whole / parts) + (part < whole % parts ? 1 : 0)))];
}
