namespace Ingest.Persistence.Invites;

/// <summary>A new invite. <paramref name="Token"/> exists only here: it is not stored and cannot be shown again.</summary>
public sealed record CreatedInvite(ListedInvite Invite, string Token)
{
    // The generated text of a record would put the secret into any log line that names it.
    public override string ToString() => $"invite {Invite.InviteId} to {Invite.WorkspaceId}";
}
