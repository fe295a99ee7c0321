using System.Runtime.InteropServices;
using Ingest.Domain.Merging;

namespace Ingest.Domain.Usage;

public static class PossibleDuplicates
{
    /// <param name="devices">By id, all that may be named.</param>
    /// <param name="entries">Those that count.</param>
    /// <param name="merges">What was decided.</param>
    /// <returns>Most equal days first.</returns>
    public static IReadOnlyList<PossibleDuplicate> Of(IReadOnlyDictionary<string, UsageDevice> devices, IEnumerable<UsageEntry> entries, MergeMap merges)
    {
        var ownersOfSeveral = devices.Values.CountBy(device => device.OwnerUserId).Where(owner => owner.Value > 1).Select(owner => owner.Key).ToHashSet();
        var equal = new Dictionary<DevicePair, int>();
        var same = entries.Where(entry => entry.Counted.Rows > 0 && ownersOfSeveral.Contains(entry.Device.OwnerUserId))
            .GroupBy(entry => (entry.Device.OwnerUserId, entry.Entry.Day, entry.Entry.DigestVersion, entry.Entry.Digest), entry => entry.Device);
        foreach (var holders in same.Where(devices => devices.Skip(1).Any()))
        {
            var byContact = holders.OrderBy(device => device.FirstContactAt).ThenBy(device => device.DeviceId, StringComparer.Ordinal).Select(device => device.DeviceId);
            foreach (var pair in DuplicateRule.PairsAmong(byContact, merges)) CollectionsMarshal.GetValueRefOrAddDefault(equal, pair, out _)++;
        }

        return
        [
            .. equal.Where(pair => devices.ContainsKey(pair.Key.DeviceId) && devices.ContainsKey(pair.Key.OtherDeviceId))
                .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key.DeviceId, StringComparer.Ordinal).ThenBy(pair => pair.Key.OtherDeviceId, StringComparer.Ordinal)
                .Select(pair => new PossibleDuplicate(devices[pair.Key.DeviceId], devices[pair.Key.OtherDeviceId], pair.Value)),
        ];
    }
}
