using Ingest.Domain.Identity;

namespace Ingest.Persistence.Identity;

/// <summary>A new key. <paramref name="Key"/> is its full text, which exists only here: it is not stored and cannot be shown again.</summary>
public sealed record CreatedKey(
    string WorkspaceId, Guid KeyId, string Key, string Prefix, string UserName, UserRole Role, DateTimeOffset CreatedAt, Completeness CompleteBy)
{
    // The generated text of a record would put the secret into any log line that names it.
    public override string ToString() => $"{Prefix}… of {UserName} in {WorkspaceId}";
}
