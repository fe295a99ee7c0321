using Ingest.Domain.Ledger;

namespace Ingest.Domain.Merging;

/// <summary>What a decision does to sums.</summary>
/// <param name="GroupBefore">Of all ids it is about, as they were added up until then.</param>
/// <param name="GroupAfter">The same ids, as they are from then on.</param>
/// <param name="WorkspaceBefore">Of the whole workspace.</param>
/// <param name="WorkspaceAfter">The same.</param>
public sealed record MergeSums(DayTotals GroupBefore, DayTotals GroupAfter, DayTotals WorkspaceBefore, DayTotals WorkspaceAfter)
{
    /// <param name="days">Of all ids that are merged, or shall be, by either map.</param>
    /// <param name="others">The sum of all other devices of the workspace.</param>
    /// <param name="group">The ids that the decision is about.</param>
    /// <param name="before">What was decided until then.</param>
    /// <param name="after">What is decided from then on.</param>
    /// <exception cref="OverflowException">A sum does not fit into 64 bits.</exception>
    public static MergeSums Of(IReadOnlyList<DeviceDay> days, DayTotals others, IReadOnlySet<string> group, MergeMap before, MergeMap after)
    {
        List<DeviceDay> own = [.. days.Where(day => group.Contains(day.DeviceId))];
        return new MergeSums(
            CountingRule.Sum(own, before), CountingRule.Sum(own, after), others + CountingRule.Sum(days, before), others + CountingRule.Sum(days, after));
    }
}
