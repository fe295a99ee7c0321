using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ingest.Domain.Ledger;

namespace Ingest.Domain.Merging;

/// <summary>What a merge would do, before anybody decides.</summary>
/// <param name="Merge">What is to be decided.</param>
/// <param name="Members">All ids that would be one device.</param>
/// <param name="Sums">Before and after.</param>
/// <param name="SharedDays">The days that both hold, ascending.</param>
public sealed record MergePreview(DeviceMerge Merge, IReadOnlyList<string> Members, MergeSums Sums, IReadOnlyList<SharedDay> SharedDays)
{
    /// <summary>
    /// Names all that the preview says of these ids, so that it can be seen whether it still holds. The sums of the workspace are not in it: other
    /// devices change them all the time, and nobody decides about those here.
    /// </summary>
    public string Version { get; } = VersionOf(Merge, Members, Sums, SharedDays);

    /// <param name="merge">What is to be decided.</param>
    /// <param name="days">Of all ids that are merged, and of these two.</param>
    /// <param name="others">The sum of all other devices of the workspace.</param>
    /// <param name="decided">What was decided until now.</param>
    /// <exception cref="OverflowException">A sum does not fit into 64 bits.</exception>
    public static MergePreview Of(DeviceMerge merge, IReadOnlyList<DeviceDay> days, DayTotals others, MergeMap decided)
    {
        var after = decided.With(merge);
        var members = after.GroupOf(merge.DeviceId).Order(StringComparer.Ordinal).ToArray();
        return new MergePreview(
            merge, members, MergeSums.Of(days, others, members.ToHashSet(StringComparer.Ordinal), decided, after), [.. Shared(merge, days, decided, after)]);
    }

    private static IEnumerable<SharedDay> Shared(DeviceMerge merge, IReadOnlyList<DeviceDay> days, MergeMap decided, MergeMap after)
    {
        DeviceDay[] own = [.. days.Where(day => after.AreOne(day.DeviceId, merge.DeviceId))];
        var counted = own.Zip(CountingRule.Choose(own, decided)).Where(day => day.Second).Select(day => day.First);
        return counted.GroupBy(day => day.Day).Where(day => day.Count() > 1).OrderBy(day => day.Key).Select(day =>
        {
            DeviceDay[] held = [.. day];
            var at = Array.IndexOf(CountingRule.Choose(held, after), true);
            return new SharedDay(
                day.Key, at < 0 ? null : held[at].DeviceId, at < 0 ? default : held[at].Counted, DayTotals.Sum(held.Where((_, place) => place != at).Select(one => one.Counted)));
        });
    }

    private static string VersionOf(DeviceMerge merge, IReadOnlyList<string> members, MergeSums sums, IReadOnlyList<SharedDay> days)
    {
        var text = new StringBuilder().AppendLine(merge.DeviceId).AppendLine(merge.IntoDeviceId).AppendLine(merge.Kind.WireName()).AppendJoin(' ', members).AppendLine();
        Add(text, sums.GroupBefore);
        Add(text, sums.GroupAfter);
        foreach (var day in days)
        {
            text.Append(CultureInfo.InvariantCulture, $"{day.Day.DayNumber} {day.TakenFrom} ");
            Add(text, day.Taken);
            Add(text, day.LeftOut);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 16));
    }

    private static void Add(StringBuilder text, DayTotals sums) => text.AppendLine(
        CultureInfo.InvariantCulture,
        $"{sums.Rows} {sums.MessageCount} {sums.InputTokens} {sums.OutputTokens} {sums.CacheCreationTokens} {sums.CacheReadTokens} {sums.CostIngested} {sums.CostEffective}");
}
