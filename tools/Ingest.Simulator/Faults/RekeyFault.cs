using Ingest.Simulator.Daemon;
using Ingest.Simulator.Fleet;

namespace Ingest.Simulator.Faults;

/// <summary>Rows move to another key: a surface is found out, a branch or a repository repaired, a model renamed (C§5 M).</summary>
internal sealed class RekeyFault(Random dice) : Fault(dice)
{
    public override void Strike(SimulatedDevice device, Moment moment)
    {
        if (!Happens(moment, 0.02) || device.RowOfAge(Dice, moment, OneOf(0, 1, 3, 10, 25)) is not { } row) return;
        device.Store.Move(row.Day, row.Key, Repaired(row.Key));
    }

    private RowKey Repaired(RowKey key) => key switch
    {
        { Surface: "unknown" } => key with { Surface = "terminal" },
        { RepoId: RowKey.Untagged } => key with { RepoId = "github.com/acme/found-late" },
        { Model: RowKey.Untagged } => key with { Model = "model-found-late" },
        _ => key with { GitBranch = key.GitBranch == "main" ? "release" : $"repaired/{Dice.Next(3)}" },
    };
}
