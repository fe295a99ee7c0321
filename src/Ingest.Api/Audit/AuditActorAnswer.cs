using Ingest.Domain.Audit;
using Ingest.Domain.Identity;

namespace Ingest.Api.Audit;

/// <summary>Who did something.</summary>
/// <param name="Kind">With a key, as operator of the server, or with a code, token or link.</param>
/// <param name="Name">What people called them then.</param>
/// <param name="UserId">Who it was, where it is a person of the workspace.</param>
/// <param name="KeyId">With which key.</param>
/// <param name="Address">From which network address.</param>
internal sealed record AuditActorAnswer(ActorKind Kind, string Name, Guid? UserId, Guid? KeyId, string? Address)
{
    public static AuditActorAnswer Of(RecordedEntry recorded) =>
        new(recorded.ActorKind, recorded.ActorName, recorded.ActorUserId, recorded.ActorKeyId, recorded.ActorAddress);
}
