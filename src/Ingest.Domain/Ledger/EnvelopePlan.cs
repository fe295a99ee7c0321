using Ingest.Domain.Validation;

namespace Ingest.Domain.Ledger;

/// <summary>What one envelope changes, decided before anything is written.</summary>
public sealed class EnvelopePlan
{
    public required EnvelopeOrder Order { get; init; }

    /// <summary>The device row as it shall be.</summary>
    public required DeviceState Device { get; init; }

    /// <summary>Nothing is to be written, and what was read was enough to know that.</summary>
    public required bool WritesNothing { get; init; }

    /// <summary>Days whose stored rows have to be read before the plan is one.</summary>
    public required IReadOnlyList<DateOnly> Unread { get; init; }

    public required IReadOnlyList<DayChange> Days { get; init; }

    public required IReadOnlyList<StoredSession> Sessions { get; init; }

    public required IReadOnlyList<StoredWindow> Windows { get; init; }

    public required IReadOnlyList<RejectedRow> Quarantine { get; init; }

    /// <summary>Quarantined rows that are not there under another version of themselves yet.</summary>
    public required int NewlyQuarantined { get; init; }

    /// <summary>Quarantined rows whose key a usable row of this envelope has taken.</summary>
    public required IReadOnlyList<Guid> Released { get; init; }

    /// <summary>Rewinds that came to their end.</summary>
    public required IReadOnlyList<EndedRewind> EndedRewinds { get; init; }

    /// <summary>Whether the device was given a look-back.</summary>
    public required bool LooksBack { get; init; }

    public required RowCounts Counts { get; init; }

    public required DateOnly? Watermark { get; init; }

    /// <summary>Whether the tables, once this is written, say of every row of the envelope just what the envelope says.</summary>
    public required bool HoldsAll { get; init; }
}
