using Ingest.Simulator.Counting;

namespace Ingest.Simulator.Fleet;

/// <summary>What a run found.</summary>
/// <param name="Soon">Shortly after the last fault.</param>
/// <param name="End">After the quiet tail: what counts.</param>
/// <param name="Reinstalls">What became of devices with several ids; null where there is none.</param>
/// <param name="Usage">Whether the sums told to people are those of the devices; null where the server tells none.</param>
/// <param name="Answers">How often each status was answered; 0 is none at all.</param>
internal sealed record RunResult(
    RunPlan Plan,
    IReadOnlyList<GroupCount> Soon,
    IReadOnlyList<GroupCount> End,
    IReadOnlyList<SharedIdFinding> SharedIds,
    ReinstallFinding? Reinstalls,
    UsageFinding? Usage,
    IReadOnlyDictionary<int, long> Answers,
    TimeSpan Elapsed)
{
    public bool Passes =>
        End.All(group => !group.IsHealable || group.IsWhole) && SharedIds.All(finding => finding.Passes) && Reinstalls?.Passes != false && Usage?.Passes != false;
}
