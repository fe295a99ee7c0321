using Microsoft.OpenApi;

namespace Ingest.Api.OpenApi;

internal static class AnswersExtensions
{
    /// <summary>Says in the document what an answer of this status means.</summary>
    public static TBuilder Means<TBuilder>(this TBuilder builder, int status, string meaning, params AnswerExample[] examples)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new Answers(status, meaning, examples));

    /// <summary>Says in the document that the answer can be had as text of this type, too.</summary>
    public static TBuilder CanBeText<TBuilder>(this TBuilder builder, string mediaType, string name, string summary, string example)
        where TBuilder : IEndpointConventionBuilder =>
        builder.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Responses!["200"].Content![mediaType] = new OpenApiMediaType
            {
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                Examples = new Dictionary<string, IOpenApiExample>(StringComparer.Ordinal) { [name] = new OpenApiExample { Summary = summary, Value = example } },
            };
            return Task.CompletedTask;
        });
}
