using Ingest.Domain.Identity;

namespace Ingest.Persistence.Pages;

/// <summary>A new session. <paramref name="Token"/> exists only here and in the cookie: it is not stored.</summary>
public sealed record BegunSession(Guid SessionId, PageToken Token, DateTimeOffset ExpiresAt);
