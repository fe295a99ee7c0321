using Ingest.Api.Quarantine;
using Ingest.Domain.Reconciliation;

namespace Ingest.Api.Reconciliation;

/// <summary>Every row of one device-day: the answer to "where is my row?".</summary>
internal sealed record DayRowsAnswer
{
    /// <summary>As it is stored: a UUID in lower case.</summary>
    public required string DeviceId { get; init; }

    /// <summary>The UTC day.</summary>
    public required DateOnly BucketDay { get; init; }

    /// <summary>As the manifest tells it; null where nothing of the day was ever stored.</summary>
    public required DayState? State { get; init; }

    /// <summary>Live rows and ghosts, in the order of their keys.</summary>
    public required IReadOnlyList<DayRowAnswer> Rows { get; init; }

    /// <summary>Rows of the day that were put aside, at most 100 of them; on the first page only.</summary>
    public required IReadOnlyList<QuarantinedRowAnswer> Quarantined { get; init; }

    /// <summary>How many rows of the day were put aside altogether; null on later pages.</summary>
    public required long? QuarantinedRows { get; init; }

    /// <summary>Leads to the next page, with the same other parameters; null on the last one.</summary>
    public required string? NextCursor { get; init; }
}
