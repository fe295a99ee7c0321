using Ingest.Domain.Ledger;

namespace Ingest.Domain.Reconciliation;

/// <summary>A device-day as the ledger holds it.</summary>
/// <param name="Day">The UTC day.</param>
/// <param name="Digest">What it is recognised by.</param>
/// <param name="DigestVersion">How the digest was computed.</param>
/// <param name="Totals">Of its live rows.</param>
/// <param name="KeptRows">Live rows that the newest snapshot did not name.</param>
/// <param name="GhostRows">Rows that are kept and in no sum.</param>
/// <param name="QuarantinedRows">Rows of the day that were put aside.</param>
/// <param name="SentAt">The stamp of the envelope that wrote it, by the device's clock.</param>
/// <param name="ReceivedAt">When that envelope arrived.</param>
/// <param name="AttemptId">That envelope.</param>
/// <param name="Marks">What has befallen the day.</param>
public sealed record StoredDay(
    DateOnly Day,
    DayDigest Digest,
    short DigestVersion,
    DayTotals Totals,
    int KeptRows,
    int GhostRows,
    long QuarantinedRows,
    DateTimeOffset SentAt,
    DateTimeOffset ReceivedAt,
    Guid AttemptId,
    DayMarks Marks);
