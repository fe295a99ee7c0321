namespace Ingest.Domain.Quarantine;

/// <summary>Rows of one device to act on: those named, those that broke one rule, or all where both are null.</summary>
public sealed record QuarantineSelection(string DeviceId, IReadOnlyList<Guid>? Ids, string? Code);
