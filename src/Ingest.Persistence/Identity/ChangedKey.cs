using Ingest.Domain.Identity;

namespace Ingest.Persistence.Identity;

/// <summary>A key as it was set. <paramref name="Changed"/> is false where it was so before.</summary>
public sealed record ChangedKey(string WorkspaceId, Guid KeyId, string Prefix, string UserName, Completeness CompleteBy, bool Changed);
