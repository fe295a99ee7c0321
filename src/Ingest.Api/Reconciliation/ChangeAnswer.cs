using Ingest.Domain.Reconciliation;

namespace Ingest.Api.Reconciliation;

/// <summary>One change of a closed day.</summary>
/// <param name="VersionId">Names what the day held before.</param>
/// <param name="BucketDay">The UTC day that changed.</param>
/// <param name="ChangedAt">When.</param>
/// <param name="Reasons">What the change did, one or several of <c>grew</c>, <c>shrank</c>, <c>re_keyed</c> (rows came under other keys), <c>ghosted</c> (rows are no longer on the device), <c>revived</c> (ghosts came back), <c>restored</c> (by an operator), <c>edited</c> (same rows, other values).</param>
/// <param name="AttemptId">The attempt that changed it.</param>
/// <param name="EarlierAttemptId">The attempt that had written what it held before.</param>
/// <param name="EarlierReceivedAt">When the device's snapshot of that had arrived.</param>
/// <param name="Before">Its sums before.</param>
/// <param name="After">Its sums after.</param>
internal record ChangeAnswer(
    Guid VersionId,
    DateOnly BucketDay,
    DateTimeOffset ChangedAt,
    IReadOnlyList<string> Reasons,
    Guid AttemptId,
    Guid EarlierAttemptId,
    DateTimeOffset EarlierReceivedAt,
    VersionSumsAnswer Before,
    VersionSumsAnswer After)
{
    public static ChangeAnswer Of(RecordedChange change) => new(
        change.VersionId,
        change.Day,
        change.ChangedAt,
        change.Reasons,
        change.AttemptId,
        change.EarlierAttemptId,
        change.EarlierReceivedAt,
        new VersionSumsAnswer(change.Before),
        new VersionSumsAnswer(change.After));
}
