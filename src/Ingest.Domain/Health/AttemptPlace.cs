namespace Ingest.Domain.Health;

/// <summary>A place in the list of attempts, which goes on behind it.</summary>
public readonly record struct AttemptPlace(DateTimeOffset ReceivedAt, Guid AttemptId);
