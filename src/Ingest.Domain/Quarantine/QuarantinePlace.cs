namespace Ingest.Domain.Quarantine;

/// <summary>A place in the list of quarantined rows, which goes on behind it.</summary>
public sealed record QuarantinePlace(string DeviceId, Guid Id);
