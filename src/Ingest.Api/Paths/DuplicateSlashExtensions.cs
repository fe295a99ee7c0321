using System.Text.RegularExpressions;

namespace Ingest.Api.Paths;

internal static partial class DuplicateSlashExtensions
{
    /// <summary>
    /// Reads <c>//v1/ingest</c> as <c>/v1/ingest</c>, which is what an endpoint configured with a trailing slash makes a daemon send
    /// (C§3.1). Never a redirect: the daemon follows it without its key. Must come before routing.
    /// </summary>
    public static IApplicationBuilder UseSingleSlashes(this IApplicationBuilder app) => app.Use(next => context =>
    {
        if (context.Request.Path.Value is { } path && path.Contains("//", StringComparison.Ordinal))
            context.Request.Path = Slashes().Replace(path, "/");
        return next(context);
    });

    [GeneratedRegex("/{2,}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex Slashes();
}
