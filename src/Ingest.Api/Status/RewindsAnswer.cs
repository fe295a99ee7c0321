using System.ComponentModel.DataAnnotations;
using Ingest.Domain.Health;

namespace Ingest.Api.Status;

/// <summary>What the device was, is and will be asked to send again. What it sends again and is stored already costs nothing.</summary>
/// <param name="Pending">What it is being told now; null: nothing.</param>
/// <param name="Requested">What a person asked for and it was not told yet; null: nothing.</param>
/// <param name="Past">The last ones that are over, newest first, at most 10.</param>
internal sealed record RewindsAnswer(
    PendingRewindAnswer? Pending, RequestedRewindAnswer? Requested, [property: MaxLength(DeviceRewinds.MostPast)] IReadOnlyList<PastRewindAnswer> Past)
{
    public static RewindsAnswer Of(DeviceRewinds rewinds) => new(
        rewinds.Pending is { } pending ? new PendingRewindAnswer(pending.From, pending.Reason, pending.Since, pending.UnheededAnswers, pending.Verify) : null,
        rewinds.Requested is { } requested ? new RequestedRewindAnswer(requested.From, requested.Verify) : null,
        [.. rewinds.Past.Select(past => new PastRewindAnswer(past.From, past.Reason, past.Since, past.EndedAt, past.Outcome))]);
}
