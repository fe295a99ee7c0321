using System.Runtime.InteropServices;
using Ingest.Domain.Ledger;

namespace Ingest.Domain.Merging;

/// <summary>Which device-days are added up where several ids are one device: of each of its days one, the newest snapshot, and none under a superseded id.</summary>
public static class CountingRule
{
    /// <returns>For each of the days, in their order, whether it counts.</returns>
    public static bool[] Choose(IReadOnlyList<DeviceDay> days, MergeMap merges)
    {
        var chosen = new bool[days.Count];
        if (!merges.HasMerges)
        {
            Array.Fill(chosen, true);
            return chosen;
        }

        var newest = new Dictionary<(string Home, DateOnly Day), int>(days.Count);
        for (var at = 0; at < days.Count; at++)
        {
            var place = merges.PlaceOf(days[at].DeviceId);
            if (!place.Counts) continue;
            ref var held = ref CollectionsMarshal.GetValueRefOrAddDefault(newest, (place.Home, days[at].Day), out var isHeld);
            if (isHeld && !IsNewer(days[at], days[held], merges)) continue;
            if (isHeld) chosen[held] = false;
            held = at;
            chosen[at] = true;
        }

        return chosen;
    }

    /// <exception cref="OverflowException">A sum does not fit into 64 bits.</exception>
    public static DayTotals Sum(IReadOnlyList<DeviceDay> days, MergeMap merges) =>
        DayTotals.Sum(days.Zip(Choose(days, merges), (day, counts) => counts ? day.Counted : default));

    /// <summary>A day that expired under one id and stands under another is taken from where it stands. Of snapshots that came at once the newer id's is taken.</summary>
    private static bool IsNewer(DeviceDay day, DeviceDay than, MergeMap merges)
    {
        if (day.IsExpired != than.IsExpired) return than.IsExpired;
        if (day.ReceivedAt != than.ReceivedAt) return day.ReceivedAt > than.ReceivedAt;
        var (steps, others) = (merges.PlaceOf(day.DeviceId).Steps, merges.PlaceOf(than.DeviceId).Steps);
        return steps != others ? steps < others : string.CompareOrdinal(day.DeviceId, than.DeviceId) > 0;
    }
}
