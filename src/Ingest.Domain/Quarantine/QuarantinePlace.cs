namespace Ingest.Domain.Quarantine;

/// <summary>A place in the list of quarantined rows, which goes on behind it.</summary>
public readonly record struct QuarantinePlace(string DeviceId, Guid Id);
