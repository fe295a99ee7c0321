using Ingest.Domain.Identity;

namespace Ingest.Persistence.Invites;

/// <summary>Somebody who accepted an invite. <paramref name="Key"/> exists only here: it is not stored and cannot be shown again.</summary>
public sealed record NewMember(string WorkspaceId, string WorkspaceName, Guid UserId, string UserName, UserRole Role, Guid KeyId, string KeyName, string Key)
{
    // The generated text of a record would put the secret into any log line that names it.
    public override string ToString() => $"{UserName} in {WorkspaceId}";
}
