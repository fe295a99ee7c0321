using Ingest.Api.Queries;
using Ingest.Domain.Ledger;
using Ingest.Domain.Reconciliation;

namespace Ingest.Api.Reconciliation;

/// <summary>A device-day as the ledger holds it.</summary>
/// <param name="Sums">Of its live rows.</param>
internal sealed record ManifestDayAnswer(DayTotals Sums) : SumsAnswer(Sums)
{
    /// <summary>The UTC day.</summary>
    public required DateOnly BucketDay { get; init; }

    /// <summary>
    /// The worst that holds: <c>expired</c>: removed by age, nothing of it counts. <c>gone</c>: the device sent everything again, and not this day; still counted.
    /// <c>shared</c>: two machines use this device id. <c>shrunk</c>: it lost something after it was closed. <c>changed_after_close</c>: it changed after it was closed.
    /// <c>complete</c>: closed, and confirmed to the device. <c>open</c>: it may still change.
    /// </summary>
    public required DayState State { get; init; }

    /// <summary>SHA-256 over the day's rows, 64 lower-case hexadecimal digits, as <c>docs/digest.md</c> describes: a device can compute it and compare.</summary>
    public required string Digest { get; init; }

    /// <summary>How the digest was computed; digests of different versions do not compare.</summary>
    public required int DigestVersion { get; init; }

    /// <summary>Live rows: those that count.</summary>
    public required int RollupRows { get; init; }

    /// <summary>Of the live rows, those that the newest envelope with this day did not name, and that were kept all the same.</summary>
    public required int KeptRows { get; init; }

    /// <summary>Rows that the device no longer has: kept, and in no sum.</summary>
    public required int GhostRows { get; init; }

    /// <summary>Rows of the day that break a rule: put aside, and in no sum.</summary>
    public required long QuarantinedRows { get; init; }

    /// <summary>The stamp of the envelope that wrote the day, by the device's clock.</summary>
    public required DateTimeOffset SyncedAt { get; init; }

    /// <summary>When the device's snapshot of the day arrived: replaying a row, repairing and restoring it leave that.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>The attempt that brought it.</summary>
    public required Guid AttemptId { get; init; }

    /// <summary>When the day last changed although it was closed.</summary>
    public required DateTimeOffset? ChangedAfterCloseAt { get; init; }

    /// <summary>When it last lost rows or amounts although it was closed.</summary>
    public required DateTimeOffset? ShrunkAt { get; init; }

    /// <summary>When the device sent everything again, and not this day.</summary>
    public required DateTimeOffset? GoneAt { get; init; }

    /// <summary>When its rows were removed by age.</summary>
    public required DateTimeOffset? ExpiredAt { get; init; }

    /// <summary>When an operator last restored what it held earlier.</summary>
    public required DateTimeOffset? RestoredAt { get; init; }

    public static ManifestDayAnswer Of(ManifestDay day, DayState state) => new(day.Entry.Totals)
    {
        BucketDay = day.Entry.Day,
        State = state,
        Digest = Convert.ToHexStringLower(day.Entry.Digest.ToBytes()),
        DigestVersion = day.Entry.DigestVersion,
        RollupRows = day.Entry.Totals.Rows,
        KeptRows = day.Entry.KeptRows,
        GhostRows = day.Entry.GhostRows,
        QuarantinedRows = day.QuarantinedRows,
        SyncedAt = day.Entry.Order.SentAt,
        ReceivedAt = day.Entry.ReceivedAt,
        AttemptId = day.Entry.AttemptId,
        ChangedAfterCloseAt = day.Entry.ChangedAfterCloseAt,
        ShrunkAt = day.Entry.ShrunkAt,
        GoneAt = day.Entry.GoneAt,
        ExpiredAt = day.Entry.ExpiredAt,
        RestoredAt = day.Entry.RestoredAt,
    };
}
