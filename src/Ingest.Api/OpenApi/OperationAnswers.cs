using System.Text.Json;
using System.Text.Json.Nodes;
using Ingest.Api.Authentication;
using Ingest.Api.Errors;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;

namespace Ingest.Api.OpenApi;

/// <summary>Describes what an operation can answer, from what its endpoint declares: refusals by code, headers, examples, and whether it asks for a key.</summary>
internal sealed class OperationAnswers : IOpenApiOperationTransformer
{
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var document = context.Document!;
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var keyed = metadata.OfType<RequiresKey>().Any();
        var refusals = metadata.OfType<Refusals>().SelectMany(refusals => refusals.Codes).Distinct().OrderBy(code => code.Code, StringComparer.Ordinal).ToLookup(code => code.Status);
        var answers = metadata.OfType<Answers>().ToDictionary(answer => answer.Status);

        operation.Security = keyed ? [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(DocumentFrame.BearerScheme, document)] = [] }] : [];

        var responses = new OpenApiResponses();
        foreach (var (key, found) in operation.Responses!.OrderBy(response => response.Key, StringComparer.Ordinal))
        {
            var status = int.Parse(key);
            var response = (OpenApiResponse)found;
            var codes = refusals[status].ToArray();
            response.Headers = DocumentHeaders.For(status, keyed, codes.Length > 0, document);
            if (codes.Length > 0) Refuse(response, codes);
            if (answers.TryGetValue(status, out var answer))
            {
                response.Description = answer.Meaning;
                foreach (var example in answer.Examples) Show(response, example.Name, example.Summary, Examples.Read(example.File));
            }

            responses[key] = response;
        }

        operation.Responses = responses;
        return Task.CompletedTask;
    }

    private static void Refuse(OpenApiResponse response, ProblemCode[] codes)
    {
        response.Description = $"{ReasonPhrases.GetReasonPhrase(codes[0].Status)}: " + string.Join(", ", codes.Select(code => $"`{code.Code}`")) + ".";
        foreach (var code in codes)
            Show(response, code.Code, code.Title, JsonSerializer.SerializeToNode(Examples.Of(code), ProblemJson.Default.ProblemDocument)!);
    }

    private static void Show(OpenApiResponse response, string name, string summary, JsonNode value)
    {
        foreach (var media in response.Content!.Values.OfType<OpenApiMediaType>())
        {
            media.Examples ??= new Dictionary<string, IOpenApiExample>(StringComparer.Ordinal);
            media.Examples[name] = new OpenApiExample { Summary = summary, Value = value };
        }
    }
}
