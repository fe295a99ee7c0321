namespace Ingest.Persistence.Pages;

/// <summary>A new sign-in link. <paramref name="Token"/> exists only here: it is not stored and cannot be shown again.</summary>
public sealed record CreatedLink(string WorkspaceId, Guid UserId, string UserName, DateTimeOffset ExpiresAt, string Token)
{
    // The generated text of a record would put the secret into any log line that names it.
    public override string ToString() => $"sign-in link of {UserName} in {WorkspaceId}";
}
