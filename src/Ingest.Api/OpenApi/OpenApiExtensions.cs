using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.OpenApi;

namespace Ingest.Api.OpenApi;

internal static class OpenApiExtensions
{
    public const string DocumentName = "v1";
    public const string DocumentPath = "/openapi/v1.json";

    public static IServiceCollection AddApiDocument(this IServiceCollection services)
    {
        services.AddOpenApi(DocumentName, options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.CreateSchemaReferenceId = AnswerSchemas.NameOf;
            options.AddSchemaTransformer<AnswerSchemas>();
            options.AddOperationTransformer<OperationAnswers>();
            options.AddDocumentTransformer<DocumentFrame>();
        });
        services.TryAddSingleton<ApiDocument>();
        return services;
    }

    /// <summary>The document says nothing that depends on who asks, so it is free for all, as it is in the repository.</summary>
    public static IEndpointRouteBuilder MapApiDocument(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(DocumentPath, static (ApiDocument document) => document.AnswerAsync()).ExcludeFromDescription();
        return routes;
    }
}
