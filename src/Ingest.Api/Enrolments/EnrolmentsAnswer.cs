namespace Ingest.Api.Enrolments;

/// <summary>Enrolments, the newest first.</summary>
/// <param name="Enrolments">At most as many as <c>limit</c> says.</param>
/// <param name="NextCursor">Where the list goes on; null at its end.</param>
internal sealed record EnrolmentsAnswer(IReadOnlyList<EnrolmentAnswer> Enrolments, string? NextCursor);
