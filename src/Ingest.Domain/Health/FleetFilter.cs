namespace Ingest.Domain.Health;

/// <summary>Which devices of a fleet; what is null chooses nothing.</summary>
/// <param name="State">Those in one state.</param>
/// <param name="OwnerUserId">Those of one person.</param>
/// <param name="Text">Those with this text in id, label, name or owner.</param>
public sealed record FleetFilter(SyncState? State, Guid? OwnerUserId, string? Text)
{
    public static FleetFilter None { get; } = new(null, null, null);

    public bool Takes(FleetDevice device) =>
        (State is null || device.Health.State == State)
        && (OwnerUserId is null || device.Record.OwnerUserId == OwnerUserId)
        && (Text is null || Holds(device.DeviceId) || Holds(device.Record.Name) || Holds(device.Status.Label) || Holds(device.Record.OwnerName));

    private bool Holds(string? text) => text?.Contains(Text!, StringComparison.OrdinalIgnoreCase) == true;
}
