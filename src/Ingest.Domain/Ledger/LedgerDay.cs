namespace Ingest.Domain.Ledger;

/// <summary>What the ledger knows of a device-day.</summary>
public sealed record LedgerDay(DateOnly Day, DayDigest Digest, short DigestVersion, EnvelopeOrder Order);
