namespace Ingest.Persistence.Enrolments;

/// <summary>A new enrolment. <paramref name="Code"/> exists only here: it is not stored and cannot be shown again.</summary>
public sealed record CreatedEnrolment(ListedEnrolment Enrolment, string Code)
{
    // The generated text of a record would put the secret into any log line that names it.
    public override string ToString() => $"enrolment {Enrolment.EnrolmentId} in {Enrolment.WorkspaceId}";
}
