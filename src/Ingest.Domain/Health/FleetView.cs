using Ingest.Domain.Merging;

namespace Ingest.Domain.Health;

/// <summary>All devices somebody sees, those first that somebody should look at.</summary>
public sealed class FleetView
{
    private FleetView(IReadOnlyList<FleetDevice> devices, DateOnly closedThrough)
    {
        (Devices, ClosedThrough) = (devices, closedThrough);
        States = devices.CountBy(device => device.Health.State).ToDictionary();
        Awaited = devices.Count(device => device.IsAwaited);
        Complete = devices.Count(device => device.IsAwaited && device.CompleteThrough >= closedThrough);
    }

    /// <summary>By state, then those with something beside it, then by since when, then by id: no two stand alike.</summary>
    public IReadOnlyList<FleetDevice> Devices { get; }

    /// <summary>How many are in each state; those without any are absent.</summary>
    public IReadOnlyDictionary<SyncState, int> States { get; }

    /// <summary>The last day that is not expected to change any more.</summary>
    public DateOnly ClosedThrough { get; }

    /// <summary>Devices of which more may come.</summary>
    public int Awaited { get; }

    /// <summary>How many of those are complete through the last closed day.</summary>
    public int Complete { get; }

    /// <param name="devices">Whatever stands there.</param>
    /// <param name="merges">An id that was merged into another is no device, unless something of it is awaited.</param>
    /// <param name="closedThrough">The last closed day.</param>
    public static FleetView Of(IEnumerable<FleetDevice> devices, MergeMap merges, DateOnly closedThrough) => new(
        [
            .. devices.Where(device => merges.Of(device.DeviceId) is null || (device.IsOpen && merges.PlaceOf(device.DeviceId).Counts))
                .OrderBy(device => device.Health.State.Rank())
                .ThenBy(device => device.Concerns.Count == 0)
                .ThenBy(device => device.Health.Since)
                .ThenBy(device => device.DeviceId, StringComparer.Ordinal),
        ],
        closedThrough);

    /// <summary>In the order of all.</summary>
    public IReadOnlyList<FleetDevice> Matching(FleetFilter filter) => filter == FleetFilter.None ? Devices : [.. Devices.Where(filter.Takes)];
}
