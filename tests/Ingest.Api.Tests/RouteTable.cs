using System.Text.RegularExpressions;
using Ingest.Api.Authentication;
using Ingest.Testing.Service;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Ingest.Api.Tests;

/// <summary>The addresses of the service as it routes them: a test that is made from these meets every new one.</summary>
internal static partial class RouteTable
{
    /// <summary>Every address that the document describes, as <c>METHOD /path/{parameter}</c>.</summary>
    public static IReadOnlyList<(string Place, RouteEndpoint Endpoint)> RoutesOf(IngestService service) =>
    [
        .. service.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is not { ExcludeFromDescription: true })
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Where(method => method != "HEAD")
                .Select(method => ($"{method} /{Constraint().Replace(endpoint.RoutePattern.RawText!.Trim('/'), "")}", endpoint)))
            .DistinctBy(route => route.Item1),
    ];

    /// <summary>Those that want a key.</summary>
    public static IReadOnlyList<(string Place, RouteEndpoint Endpoint)> KeyedRoutesOf(IngestService service) =>
        [.. RoutesOf(service).Where(route => route.Endpoint.Metadata.GetMetadata<RequiresKey>() is not null)];

    [GeneratedRegex(":[^}]*", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Constraint();
}
