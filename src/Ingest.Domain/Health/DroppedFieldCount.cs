using Ingest.Domain.Privacy;

namespace Ingest.Domain.Health;

/// <summary>How often a device has sent a field that the contract keeps out of envelopes.</summary>
/// <param name="Field">The field.</param>
/// <param name="Times">In all.</param>
/// <param name="LastAt">When the last envelope with it arrived.</param>
public sealed record DroppedFieldCount(ForbiddenField Field, long Times, DateTimeOffset LastAt);
