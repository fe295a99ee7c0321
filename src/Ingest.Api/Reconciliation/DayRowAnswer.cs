using Ingest.Domain.Envelopes;
using Ingest.Domain.Reconciliation;

namespace Ingest.Api.Reconciliation;

/// <summary>A stored rollup and where it came from.</summary>
/// <param name="Row">The row.</param>
internal sealed record DayRowAnswer(DailyRollup Row) : RollupAnswer(Row)
{
    /// <summary><c>live</c>: it counts. <c>ghost</c>: the device no longer has it; kept, and in no sum.</summary>
    public required RowState State { get; init; }

    /// <summary>The attempt that wrote it; null for rows written before that was noted.</summary>
    public required Guid? AttemptId { get; init; }

    /// <summary>When that attempt arrived; null where it is no longer, or not yet, among the stored attempts.</summary>
    public required DateTimeOffset? ReceivedAt { get; init; }

    /// <summary>Since when the row is a ghost.</summary>
    public required DateTimeOffset? GhostedAt { get; init; }

    public static DayRowAnswer Of(TracedRollup stored) => new(stored.Row)
    {
        State = stored.GhostedAt is null ? RowState.Live : RowState.Ghost,
        AttemptId = stored.AttemptId,
        ReceivedAt = stored.ReceivedAt,
        GhostedAt = stored.GhostedAt,
    };
}
