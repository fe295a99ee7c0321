namespace Ingest.Persistence.Keys;

/// <summary>A key that takes the place of another.</summary>
/// <param name="New">Which goes on; its text is here alone.</param>
/// <param name="Old">Which ends.</param>
public sealed record RotatedKey(CreatedKey New, ListedKey Old);
