using Ingest.Domain.Identity;
using Ingest.Persistence.Enrolments;

namespace Ingest.Api.Enrolments;

/// <summary>An enrolment, without its code.</summary>
/// <param name="EnrolmentId">Names it.</param>
/// <param name="State">What has become of the code.</param>
/// <param name="UserId">Whose device it is.</param>
/// <param name="UserName">What the workspace calls them.</param>
/// <param name="DeviceId">The device it is for, or the one it became.</param>
/// <param name="Label">What the device shall call itself.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="CreatedBy">Who made it.</param>
/// <param name="ExpiresAt">Until when it can be redeemed.</param>
/// <param name="RedeemedAt">When it was.</param>
/// <param name="KeyId">The key that came of it.</param>
/// <param name="RevokedAt">When it was taken back.</param>
internal sealed record EnrolmentAnswer(
    Guid EnrolmentId,
    EnrolmentState State,
    Guid UserId,
    string UserName,
    string? DeviceId,
    string? Label,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? RedeemedAt,
    Guid? KeyId,
    DateTimeOffset? RevokedAt)
{
    public static EnrolmentAnswer Of(ListedEnrolment enrolment) => new(
        enrolment.EnrolmentId, enrolment.State, enrolment.UserId, enrolment.UserName, enrolment.DeviceId, enrolment.Label, enrolment.CreatedAt, enrolment.CreatedBy,
        enrolment.ExpiresAt, enrolment.RedeemedAt, enrolment.KeyId, enrolment.RevokedAt);
}
