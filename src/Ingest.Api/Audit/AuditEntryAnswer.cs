using System.Text.Json.Nodes;
using Ingest.Domain.Audit;

namespace Ingest.Api.Audit;

/// <summary>One thing that somebody did.</summary>
/// <param name="EntryId">Names the entry.</param>
/// <param name="At">When.</param>
/// <param name="Actor">Who.</param>
/// <param name="Action">What: the kind of its subject, and what was done to it.</param>
/// <param name="Subject">To what.</param>
/// <param name="Before">What was changed, as it was.</param>
/// <param name="After">The same, as it became.</param>
internal sealed record AuditEntryAnswer(
    Guid EntryId, DateTimeOffset At, AuditActorAnswer Actor, string Action, AuditSubjectAnswer Subject, JsonObject? Before, JsonObject? After)
{
    public static AuditEntryAnswer Of(RecordedEntry recorded) => new(
        recorded.EntryId, recorded.At, AuditActorAnswer.Of(recorded), recorded.Entry.Action, AuditSubjectAnswer.Of(recorded), recorded.Entry.Before, recorded.Entry.After);
}
