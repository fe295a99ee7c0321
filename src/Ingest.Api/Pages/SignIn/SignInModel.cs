namespace Ingest.Api.Pages.SignIn;

/// <summary>The form that wants a key.</summary>
/// <param name="Return">Where to go then.</param>
/// <param name="Problem">Why the key that came did not open.</param>
public sealed record SignInModel(string Return, string? Problem = null);
