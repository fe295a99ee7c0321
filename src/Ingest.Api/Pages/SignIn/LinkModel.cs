namespace Ingest.Api.Pages.SignIn;

/// <summary>The page that a sign-in link leads to.</summary>
/// <param name="Token">As it stands in the link.</param>
public sealed record LinkModel(string Token);
