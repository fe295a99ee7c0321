namespace Ingest.Persistence.Keys;

/// <summary>Some keys, oldest first, and whether more follow.</summary>
public sealed record KeyPage(IReadOnlyList<ListedKey> Keys, bool HasMore);
