namespace Ingest.Api.Pages;

/// <summary>Marks an endpoint that answers browsers: with pages, also where it refuses.</summary>
internal sealed class PageRoute
{
    public static readonly PageRoute Instance = new();

    private PageRoute()
    {
    }

    /// <summary>Whether a refusal is read by a person. What asks for data gets data, and so does whatever is the API's.</summary>
    public static bool WantsPage(HttpContext context) =>
        IsPage(context) && context.Request.GetTypedHeaders().Accept.Any(accepted => accepted.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase));

    private static bool IsPage(HttpContext context) => context.GetEndpoint() is { } endpoint
        ? endpoint.Metadata.GetMetadata<PageRoute>() is not null
        : !context.Request.Path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase);
}
