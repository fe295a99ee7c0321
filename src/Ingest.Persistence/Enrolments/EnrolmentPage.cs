namespace Ingest.Persistence.Enrolments;

/// <summary>Some enrolments, the newest first, and whether older ones follow.</summary>
public sealed record EnrolmentPage(IReadOnlyList<ListedEnrolment> Enrolments, bool HasMore);
