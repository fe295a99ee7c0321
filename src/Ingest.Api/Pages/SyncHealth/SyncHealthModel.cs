using Ingest.Domain.Health;

namespace Ingest.Api.Pages.SyncHealth;

/// <summary>The fleet at a glance.</summary>
/// <param name="Page">The fleet, and the devices that are shown of it.</param>
/// <param name="Query">Which those are.</param>
/// <param name="Days">The last days of each of them.</param>
/// <param name="SeesAll">Whether devices of several people may be among them.</param>
/// <param name="MayManage">Whether who looks at it lets devices in.</param>
public sealed record SyncHealthModel(
    FleetPage Page, FleetQuery Query, IReadOnlyDictionary<string, IReadOnlyList<CoverageDay>> Days, bool SeesAll, bool MayManage)
{
    /// <summary>Who has devices, by name.</summary>
    public IEnumerable<(Guid UserId, string Name)> Owners =>
        Page.Fleet.Devices.Select(device => (device.Record.OwnerUserId, device.Record.OwnerName)).Distinct().OrderBy(owner => owner.OwnerName, StringComparer.OrdinalIgnoreCase);

    /// <summary>At least one, where there is nothing to show.</summary>
    public int Pages => Math.Max(1, (Page.Matching + Query.Size - 1) / Query.Size);
}
