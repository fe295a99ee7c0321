namespace Ingest.Domain.Merging;

/// <summary>
/// Finds devices that may be one from what they have in common. Each is held against the nearest earlier one only: where a thousand hold the same,
/// that is a thousand pairs and not half a million, and merging them one after the other finds them all.
/// </summary>
public static class DuplicateRule
{
    /// <param name="holders">Devices of one person that hold the very same thing, by first contact.</param>
    /// <param name="merges">What was decided: neither ids of one device nor devices that are two are named again, nor what counts nothing.</param>
    /// <returns>Pairs of ids that devices have now, the one met earlier first.</returns>
    public static IEnumerable<DevicePair> PairsAmong(IEnumerable<string> holders, MergeMap merges)
    {
        var earlier = new List<string>();
        foreach (var home in holders.Select(merges.PlaceOf).Where(place => place.Counts).Select(place => place.Home).Distinct(StringComparer.Ordinal))
        {
            // As many steps back as somebody took decisions.
            var at = earlier.FindLastIndex(other => !merges.AreDistinct(other, home));
            if (at >= 0) yield return new DevicePair(earlier[at], home);
            earlier.Add(home);
        }
    }
}
