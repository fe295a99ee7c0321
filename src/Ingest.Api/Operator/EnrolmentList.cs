using Ingest.Persistence.Enrolments;

namespace Ingest.Api.Operator;

/// <summary>The answer of <c>enrolment list</c>.</summary>
internal sealed record EnrolmentList(IReadOnlyList<ListedEnrolment> Enrolments);
