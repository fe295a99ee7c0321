using System.ComponentModel.DataAnnotations;

namespace Ingest.Api.Status;

/// <summary>A rewind that is over.</summary>
/// <param name="From">The first day that was asked for, <c>YYYY-MM-DD</c> in UTC.</param>
/// <param name="Reason">As of a pending one.</param>
/// <param name="Since">When the device was first told.</param>
/// <param name="EndedAt">When it was over.</param>
/// <param name="Outcome"><c>obeyed</c>: the device went back. <c>unheeded</c>: it did not, and is asked no longer.</param>
internal sealed record PastRewindAnswer(
    DateOnly From, string Reason, DateTimeOffset Since, DateTimeOffset EndedAt, [property: AllowedValues("obeyed", "unheeded")] string Outcome);
