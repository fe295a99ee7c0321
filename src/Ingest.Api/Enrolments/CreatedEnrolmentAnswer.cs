namespace Ingest.Api.Enrolments;

/// <summary>A new enrolment.</summary>
/// <param name="Code">What the device's person redeems: shown now and never again.</param>
/// <param name="Enrolment">What the list shows of it.</param>
internal sealed record CreatedEnrolmentAnswer(string Code, EnrolmentAnswer Enrolment);
