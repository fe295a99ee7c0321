namespace Ingest.Domain.Merging;

/// <summary>
/// All that was decided about the ids of a workspace: which are one device, and which are two. Nothing that is stored follows from it, only which of
/// it is added up, so taking a decision back brings back every sum.
/// </summary>
public sealed class MergeMap
{
    private readonly Dictionary<string, DeviceMerge> _merges;
    private readonly HashSet<DevicePair> _distinct;
    private readonly Dictionary<string, MergedPlace> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _groups = new(StringComparer.Ordinal);
    private readonly HashSet<DevicePair> _distinctHomes;

    /// <param name="merges">At most one leads away from an id.</param>
    /// <param name="distinct">Devices that are two, whatever they have in common.</param>
    public MergeMap(IEnumerable<DeviceMerge> merges, IEnumerable<DevicePair> distinct)
    {
        _merges = merges.ToDictionary(merge => merge.DeviceId, StringComparer.Ordinal);
        _distinct = [.. distinct.Select(pair => pair.Sorted())];
        foreach (var id in _merges.Values.SelectMany(merge => new[] { merge.DeviceId, merge.IntoDeviceId }).Distinct(StringComparer.Ordinal))
        {
            var place = _places[id] = Follow(id);
            if (!_groups.TryGetValue(place.Home, out var group)) _groups[place.Home] = group = [];
            group.Add(id);
        }

        _distinctHomes = [.. _distinct.Select(pair => new DevicePair(PlaceOf(pair.DeviceId).Home, PlaceOf(pair.OtherDeviceId).Home).Sorted())];
    }

    public static MergeMap Empty { get; } = new([], []);

    /// <summary>Whether any two ids are one device.</summary>
    public bool HasMerges => _merges.Count > 0;

    /// <summary>Every id that a merge leads to or from.</summary>
    public IEnumerable<string> Merged => _places.Keys;

    /// <summary>The merge that leads away from an id, or null where it is the one its device has now.</summary>
    public DeviceMerge? Of(string deviceId) => _merges.GetValueOrDefault(deviceId);

    public MergedPlace PlaceOf(string deviceId) => _places.TryGetValue(deviceId, out var place) ? place : new MergedPlace(deviceId, 0, Counts: true);

    /// <summary>All ids of the device that has or had this one.</summary>
    public IReadOnlyList<string> GroupOf(string deviceId) => _groups.GetValueOrDefault(PlaceOf(deviceId).Home) ?? [deviceId];

    public bool AreOne(string deviceId, string otherDeviceId) => PlaceOf(deviceId).Home == PlaceOf(otherDeviceId).Home;

    /// <summary>Whether somebody decided that these are two devices, under whichever of their ids.</summary>
    public bool AreDistinct(string deviceId, string otherDeviceId) =>
        _distinctHomes.Count > 0 && _distinctHomes.Contains(new DevicePair(PlaceOf(deviceId).Home, PlaceOf(otherDeviceId).Home).Sorted());

    public bool Holds(DevicePair distinct) => _distinct.Contains(distinct.Sorted());

    public MergeMap With(DeviceMerge merge) => new(_merges.Values.Append(merge), _distinct);

    public MergeMap Without(DeviceMerge merge) => new(_merges.Values.Where(one => one != merge), _distinct);

    private MergedPlace Follow(string deviceId)
    {
        var (home, steps, counts) = (deviceId, 0, true);

        // No decision makes a circle; rows that somebody wrote by hand might, and nobody should wait for its end.
        while (steps <= _merges.Count && _merges.TryGetValue(home, out var merge))
        {
            counts &= merge.Kind == MergeKind.Continue;
            home = merge.IntoDeviceId;
            steps++;
        }

        return new MergedPlace(home, steps, counts);
    }
}
