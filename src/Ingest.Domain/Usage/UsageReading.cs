namespace Ingest.Domain.Usage;

/// <param name="Report">The answer, or null where somebody or something was asked for that the caller does not see.</param>
/// <param name="Unknown">What that was: a device or a member.</param>
public sealed record UsageReading(UsageReport? Report, UsageDimension? Unknown = null);
