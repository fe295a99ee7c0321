using Ingest.Persistence.Members;

namespace Ingest.Api.Members;

/// <summary>Somebody who was removed. Their devices, and what those sent, stay.</summary>
/// <param name="UserId">Who it was.</param>
/// <param name="Name">What people called them.</param>
/// <param name="RemovedAt">When.</param>
/// <param name="KeysRevoked">How many keys of theirs ended with that.</param>
/// <param name="EnrolmentsEnded">How many codes did that were for devices of theirs, or that they made.</param>
/// <param name="InvitesRevoked">How many invites did that they made.</param>
internal sealed record RemovedMemberAnswer(Guid UserId, string Name, DateTimeOffset RemovedAt, int KeysRevoked, int EnrolmentsEnded, int InvitesRevoked)
{
    public static RemovedMemberAnswer Of(RemovedMember removed) =>
        new(removed.UserId, removed.Name, removed.RemovedAt, removed.KeysRevoked, removed.EnrolmentsEnded, removed.InvitesRevoked);
}
