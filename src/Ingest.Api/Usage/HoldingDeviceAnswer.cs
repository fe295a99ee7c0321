using Ingest.Domain.Health;

namespace Ingest.Api.Usage;

/// <summary>A device whose usage is not complete up to the newest closed day.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="Label">Its name for people, if it sent one.</param>
/// <param name="CompleteThrough">The last day of it that is complete; null where none is.</param>
/// <param name="HealthState">How its sync is doing: <c>GET /v1/ingest/status</c> says why.</param>
internal sealed record HoldingDeviceAnswer(string DeviceId, string? Label, DateOnly? CompleteThrough, SyncState HealthState);
