namespace Ingest.Api.Pages.SignIn;

/// <summary>Where somebody goes after signing in: to where they wanted to be on this server, and never to another one.</summary>
internal static class ReturnPath
{
    public const string Parameter = "return";

    private const int MostCharacters = 2048;

    /// <summary>Where to sign in, to come back to this page then.</summary>
    public static string ToSignIn(HttpRequest request) => request.Path == "/" && !request.QueryString.HasValue || !HttpMethods.IsGet(request.Method)
        ? SignInEndpoints.Path
        : $"{SignInEndpoints.Path}?{Parameter}={Uri.EscapeDataString(request.Path.ToUriComponent() + request.QueryString.ToUriComponent())}";

    /// <summary>What was asked for where it is a path of this server, and else the first page. Browsers read a second slash, of either kind, as another host.</summary>
    public static string Of(string? asked) =>
        asked is ['/', .. var rest] && asked.Length <= MostCharacters && rest is not ['/', ..] && !asked.Contains('\\', StringComparison.Ordinal)
        && !asked.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? asked
            : "/";
}
