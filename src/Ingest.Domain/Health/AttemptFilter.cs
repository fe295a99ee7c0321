namespace Ingest.Domain.Health;

/// <summary>Which attempts to list; what is null does not filter.</summary>
/// <param name="DeviceId">As it is stored.</param>
/// <param name="Outcome">How they ended.</param>
/// <param name="Code">The error code.</param>
/// <param name="From">Not those that had happened for the last time before this.</param>
/// <param name="To">Not those that began at this instant or later.</param>
public sealed record AttemptFilter(string? DeviceId, AttemptOutcome? Outcome, string? Code, DateTimeOffset? From, DateTimeOffset? To);
