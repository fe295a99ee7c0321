namespace Ingest.Domain.Ledger;

/// <summary>A restored backup knows nothing of what the device delivered after it was taken. The gap is closed when the device has sent again all it has.</summary>
/// <param name="RestoredAt">When the backup was restored.</param>
/// <param name="Through">What was confirmed when it was taken.</param>
public sealed record BackupGap(DateTimeOffset RestoredAt, DateOnly? Through);
