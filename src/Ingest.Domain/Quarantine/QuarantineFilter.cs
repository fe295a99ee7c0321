using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Quarantine;

/// <summary>Which quarantined rows to list; what is null does not filter.</summary>
public sealed record QuarantineFilter(string? DeviceId, string? Code, RowKind? Kind);
