namespace Ingest.Persistence.Identity;

/// <summary>Where a list of what was made goes on, the newest first: after this one.</summary>
public readonly record struct ListPlace(DateTimeOffset CreatedAt, Guid Id);
