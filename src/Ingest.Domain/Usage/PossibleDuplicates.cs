using System.Runtime.InteropServices;
using Ingest.Domain.Merging;

namespace Ingest.Domain.Usage;

/// <summary>Counts the days on which devices of one person hold the very same usage.</summary>
/// <param name="devices">By id, all that may be named.</param>
/// <param name="merges">What was decided.</param>
public sealed class PossibleDuplicates(IReadOnlyDictionary<string, UsageDevice> devices, MergeMap merges)
{
    private readonly HashSet<Guid> _ownersOfSeveral = [.. devices.Values.CountBy(device => device.OwnerUserId).Where(owner => owner.Value > 1).Select(owner => owner.Key)];
    private readonly Dictionary<DevicePair, int> _equalDays = [];

    /// <summary>Most equal days first.</summary>
    public IReadOnlyList<PossibleDuplicate> Found =>
    [
        .. _equalDays.Where(pair => devices.ContainsKey(pair.Key.DeviceId) && devices.ContainsKey(pair.Key.OtherDeviceId))
            .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key.DeviceId, StringComparer.Ordinal).ThenBy(pair => pair.Key.OtherDeviceId, StringComparer.Ordinal)
            .Select(pair => new PossibleDuplicate(devices[pair.Key.DeviceId], devices[pair.Key.OtherDeviceId], pair.Value)),
    ];

    /// <param name="day">What counts of one day.</param>
    public void Add(IEnumerable<BlockDevice> day)
    {
        if (_ownersOfSeveral.Count == 0) return;
        List<BlockDevice> held = [.. day.Where(device => device.Rows > 0 && !device.IsExpired && devices.ContainsKey(device.DeviceId))];

        // Hardly ever are two days the same: that takes a look at a part of each digest.
        var parts = new HashSet<long>(held.Count);
        HashSet<long>? again = null;
        foreach (var device in held)
        {
            if (!parts.Add(device.Digest.Part)) (again ??= []).Add(device.Digest.Part);
        }

        if (again is null) return;
        var same = held.Where(device => again.Contains(device.Digest.Part) && _ownersOfSeveral.Contains(devices[device.DeviceId].OwnerUserId))
            .GroupBy(device => (device.DigestVersion, device.Digest, devices[device.DeviceId].OwnerUserId), device => devices[device.DeviceId]);
        foreach (var holders in same)
        {
            var byContact = holders.OrderBy(device => device.FirstContactAt).ThenBy(device => device.DeviceId, StringComparer.Ordinal).Select(device => device.DeviceId);
            foreach (var pair in DuplicateRule.PairsAmong(byContact, merges)) CollectionsMarshal.GetValueRefOrAddDefault(_equalDays, pair, out _)++;
        }
    }
}
