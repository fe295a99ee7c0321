using Ingest.Domain.Health;

namespace Ingest.Api.Pages.Usage;

/// <summary>A device that may still add to what is shown.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="Name">What people call it.</param>
/// <param name="CompleteThrough">Up to where it is complete.</param>
/// <param name="State">How its sync is doing.</param>
public sealed record HoldingDevice(string DeviceId, string Name, DateOnly? CompleteThrough, SyncState State);
