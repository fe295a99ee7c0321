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
        var first = new Dictionary<(short, Ledger.DayDigest, Guid), UsageDevice>();
        Dictionary<(short, Ledger.DayDigest, Guid), List<UsageDevice>>? same = null;
        foreach (var held in day)
        {
            if (held.Rows == 0 || held.IsExpired || !devices.TryGetValue(held.DeviceId, out var device) || !_ownersOfSeveral.Contains(device.OwnerUserId)) continue;
            var content = (held.DigestVersion, held.Digest, device.OwnerUserId);
            if (first.TryAdd(content, device)) continue;
            same ??= [];
            if (!same.TryGetValue(content, out var holders)) same[content] = holders = [first[content]];
            holders.Add(device);
        }

        foreach (var holders in same?.Values.ToList() ?? [])
        {
            var byContact = holders.OrderBy(device => device.FirstContactAt).ThenBy(device => device.DeviceId, StringComparer.Ordinal).Select(device => device.DeviceId);
            foreach (var pair in DuplicateRule.PairsAmong(byContact, merges)) CollectionsMarshal.GetValueRefOrAddDefault(_equalDays, pair, out _)++;
        }
    }
}
