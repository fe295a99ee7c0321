namespace Ingest.Domain.Usage;

/// <summary>Two devices of one person that may be one: their sums are both in the answer until somebody decides.</summary>
/// <param name="Device">The one met first.</param>
/// <param name="Other">The other.</param>
/// <param name="EqualDays">On how many days both hold the very same usage.</param>
public sealed record PossibleDuplicate(UsageDevice Device, UsageDevice Other, int EqualDays);
