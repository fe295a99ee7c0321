namespace Ingest.Domain.Sessions;

/// <summary>Some sessions, those with the last activity first, and whether there are more behind them.</summary>
public sealed record SessionPage(IReadOnlyList<ListedSession> Sessions, bool HasMore);
