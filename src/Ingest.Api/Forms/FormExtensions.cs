using System.Text.Json.Nodes;
using Ingest.Api.Errors;
using Ingest.Api.OpenApi;
using Ingest.Domain.Identity;
using Microsoft.OpenApi;

namespace Ingest.Api.Forms;

internal static class FormExtensions
{
    /// <summary>Describes the body of an operation, which its endpoint reads by itself, and how it may be refused.</summary>
    public static TBuilder TakesForm<TBuilder>(this TBuilder builder, FormShape shape)
        where TBuilder : IEndpointConventionBuilder =>
        builder.CanRefuse(FormReader.Refusals).AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = shape.NeedsBody,
                Description = shape.Description + " Other members are refused.",
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    ["application/json"] = new OpenApiMediaType { Schema = SchemaOf(shape), Example = JsonNode.Parse(shape.Example) },
                },
            };
            return Task.CompletedTask;
        });

    private static OpenApiSchema SchemaOf(FormShape shape) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = shape.Fields.ToDictionary(field => field.Name, field => (IOpenApiSchema)SchemaOf(field), StringComparer.Ordinal),
        Required = shape.Fields.Any(field => field.IsRequired) ? shape.Fields.Where(field => field.IsRequired).Select(field => field.Name).ToHashSet(StringComparer.Ordinal) : null,
        AdditionalPropertiesAllowed = false,
    };

    private static OpenApiSchema SchemaOf(FormField field)
    {
        var schema = field.Kind switch
        {
            FormKind.Flag => new OpenApiSchema { Type = JsonSchemaType.Boolean },
            FormKind.Number => new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = $"{field.Lowest}", Maximum = $"{field.Highest}" },
            FormKind.Instant => new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" },
            FormKind.Day => new OpenApiSchema { Type = JsonSchemaType.String, Format = "date" },
            FormKind.Uuid => new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" },
            FormKind.DeviceId => new OpenApiSchema
            {
                Type = JsonSchemaType.String, MinLength = 1, MaxLength = DeviceId.MaximumLength, Pattern = EnvelopeSchemas.DeviceIdPattern,
            },
            FormKind.Choice => OneOf(field),
            FormKind.Choices => ListOf(OneOf(field), field),
            FormKind.Uuids => ListOf(new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" }, field),
            _ => new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = field.Most },
        };
        if (!field.IsRequired) schema.Type |= JsonSchemaType.Null;
        if (!field.IsRequired && schema.Enum is { } words) words.Add(JsonNullSentinel.JsonNull);
        schema.Description = field.Description;
        return schema;
    }

    private static OpenApiSchema OneOf(FormField field) => new()
    {
        Type = JsonSchemaType.String,
        Enum = [.. field.Words.Select(word => (JsonNode)JsonValue.Create(word))],
    };

    private static OpenApiSchema ListOf(OpenApiSchema entry, FormField field) =>
        new() { Type = JsonSchemaType.Array, Items = entry, MinItems = 1, MaxItems = field.Most };
}
