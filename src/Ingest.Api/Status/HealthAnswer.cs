using Ingest.Domain.Health;

namespace Ingest.Api.Status;

/// <summary>The verdict on a device's sync.</summary>
/// <param name="State">One of healthy, late, silent, failing, never.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="Since">Since when the state holds.</param>
internal sealed record HealthAnswer(SyncState State, string Reason, DateTimeOffset Since);
