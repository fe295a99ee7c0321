namespace Ingest.Api.Operator;

/// <summary>The answer of <c>sign-in-link</c>: the only place such a link is ever shown.</summary>
/// <param name="Url">What the person opens.</param>
/// <param name="WorkspaceId">Where they are signed in then.</param>
/// <param name="UserName">Who.</param>
/// <param name="ExpiresAt">When it ends, where nobody has used it.</param>
internal sealed record NewSignInLink(string Url, string WorkspaceId, string UserName, DateTimeOffset ExpiresAt);
