using Ingest.Simulator.Fleet;
using Ingest.Simulator.Servers;

namespace Ingest.Simulator.Faults;

/// <summary>A fault by name.</summary>
/// <param name="IsHealable">Whether a server can bring its sums back to the device's.</param>
/// <param name="Create">Makes one for a device; the server is the one to move to.</param>
internal sealed record FaultKind(string Name, string Description, Func<Random, RunPlan, IServer?, Fault> Create, bool IsHealable = true)
{
    public const string Restore = "restore";
    public const string Move = "move";
    public const string Twin = "twin";
    public const string Late = "late";
    public const string Reinstall = "reinstall";

    public static IReadOnlyList<FaultKind> All { get; } =
    [
        new("offline", "no network for up to 60 hours", (dice, _, _) => new OfflineFault(dice)),
        new("midnight", "laptop closed over midnight, also in the middle of a pass", (dice, _, _) => new MidnightFault(dice)),
        new("fail", "a chunk never arrives", (dice, _, _) => new FailFault(dice)),
        new("lost", "the answer is lost", (dice, _, _) => new LostFault(dice)),
        new("dup", "an envelope is delivered twice", (dice, _, _) => new DuplicateFault(dice)),
        new(Late, "an envelope arrives up to 40 hours late, after newer ones", (dice, _, _) => new LateFault(dice)),
        new("reset", "budi cloud reset, and the pass after it breaks", (dice, _, _) => new ResetFault(dice)),
        new("import", "forced import while syncing, with pauses", (dice, _, _) => new ImportFault(dice)),
        new("history", "plain import of older history", (dice, _, _) => new HistoryFault(dice)),
        new("rekey", "rows move to another key", (dice, _, _) => new RekeyFault(dice)),
        new("old-change", "rows change up to 50 days late", (dice, _, _) => new OldChangeFault(dice)),
        new("shrink", "rows of closed days get smaller or vanish", (dice, _, _) => new ShrinkFault(dice)),
        new("residue", "costs a little below zero", (dice, _, _) => new ResidueFault(dice)),
        new("bad-row", "rows break a rule for a while", (dice, _, _) => new BadRowFault(dice)),
        new("skew", "clock off by up to two days", (dice, _, _) => new SkewFault(dice)),
        new("set-back", "a fast clock is corrected", (dice, _, _) => new SetBackFault(dice)),
        new("outage", "the server is away for 12 hours", (dice, plan, _) => new OutageFault(dice, plan)),
        new(Restore, "the server goes back to an old backup", (dice, _, _) => new ServerFault(dice)),
        new(Move, "devices are pointed at an empty server", (dice, plan, other) => new MoveFault(dice, plan, other)),
        new(Reinstall, "the same history comes under a new device id", (dice, plan, _) => new ReinstallFault(dice, plan)),
        new(Twin, "two machines with one device id", (dice, _, _) => new ServerFault(dice), IsHealable: false),
    ];

    public static FaultKind? Find(string name) => All.FirstOrDefault(kind => kind.Name == name);
}
