namespace Ingest.Domain.Reconciliation;

/// <summary>Days of one device, ascending.</summary>
/// <param name="ConfirmedDay">Up to where the device was told that its days are stored.</param>
/// <param name="Days">At most as many as were asked for.</param>
/// <param name="HasMore">Whether days follow.</param>
public sealed record Manifest(DateOnly? ConfirmedDay, IReadOnlyList<ManifestDay> Days, bool HasMore);
