using Microsoft.OpenApi;

namespace Ingest.Api.OpenApi;

internal static class ParameterExtensions
{
    /// <summary>Describes the parameters of an operation, made anew for each document.</summary>
    public static TBuilder Takes<TBuilder>(this TBuilder builder, params Func<OpenApiParameter>[] parameters)
        where TBuilder : IEndpointConventionBuilder =>
        builder.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Parameters = [.. parameters.Select(make => make())];
            return Task.CompletedTask;
        });
}
