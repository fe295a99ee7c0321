namespace Ingest.Persistence.Keys;

/// <summary>A key as it is now. <paramref name="Changed"/> is false where it was so before.</summary>
public sealed record KeyChange(ListedKey Key, bool Changed);
