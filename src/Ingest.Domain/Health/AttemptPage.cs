namespace Ingest.Domain.Health;

/// <summary>Some attempts, the newest first, and whether there are more behind them.</summary>
public sealed record AttemptPage(IReadOnlyList<AttemptRecord> Attempts, bool HasMore);
