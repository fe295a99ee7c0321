namespace Ingest.Domain;

/// <summary>A place in a list that is ordered by a time and, within it, by an id, the newest first. The list goes on behind it.</summary>
public readonly record struct TimedPlace(DateTimeOffset At, Guid Id);
