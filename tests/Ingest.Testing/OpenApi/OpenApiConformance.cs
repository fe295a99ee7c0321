using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ingest.Testing.OpenApi;

/// <summary>Holds every answer a client gets against the document of the service: a status, header, member or code that is not in it throws.</summary>
/// <param name="document">Fetched when the first answer comes.</param>
public sealed partial class OpenApiConformance(Func<Task<ServedDocument>> document, HttpMessageHandler wire) : DelegatingHandler(wire)
{
    private const string ProblemType = "application/problem+json";

    /// <summary>What stands beside the API: the document itself, the page that shows it, and what simulations use.</summary>
    private static readonly string[] Exempt = ["/openapi", "/swagger", "/development"];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        var path = Slashes().Replace(request.RequestUri!.AbsolutePath, "/");
        if (Exempt.Any(prefix => path == prefix || path.StartsWith(prefix + "/", StringComparison.Ordinal))) return response;

        await response.Content.LoadIntoBufferAsync(cancellationToken);
        var body = request.Method == HttpMethod.Head ? null : await response.Content.ReadAsStringAsync(cancellationToken);
        var errors = Check(await document(), request.Method, path, response, body);
        if (errors.Count == 0) return response;

        response.Dispose();
        throw new OpenApiMismatchException($"{request.Method} {path} was answered {(int)response.StatusCode}, which the document does not describe: {string.Join("; ", errors)}. The body: {body}");
    }

    /// <returns>Where the answer and the document differ.</returns>
    public static IReadOnlyList<string> Check(ServedDocument document, HttpMethod method, string path, HttpResponseMessage response, string? body)
    {
        var type = response.Content.Headers.ContentType?.MediaType;
        var json = string.IsNullOrEmpty(body) ? null : type?.EndsWith("json", StringComparison.Ordinal) is false ? JsonValue.Create(body) : JsonNode.Parse(body);
        if (document.Operation(method, path) is not { } operation) return CheckUnknown(document, type, json);

        var status = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        if (operation["responses"]?[status] is not { } described) return [$"the operation has no answer {status}"];

        var errors = new List<string>();
        CheckHeaders(document, described, response, errors);
        if (described["content"]?[type ?? ""] is not { } content)
        {
            if (body is not null && (body.Length > 0 || described["content"] is not null)) errors.Add($"{status} has no content of type {type ?? "(none)"}");
            return errors;
        }

        if (body is null) return errors;
        if (json is null) return [.. errors, "the body is empty"];
        errors.AddRange(document.Answers.Check(content["schema"]!, json));
        // The examples of a refusal are the codes it may have.
        if (type == ProblemType && json["code"]?.ToString() is var code && content["examples"]?.AsObject().ContainsKey(code ?? "") != true)
            errors.Add($"{status} does not list the code {code}");
        return errors;
    }

    /// <summary>What is not in the document must be refused as not being there.</summary>
    private static List<string> CheckUnknown(ServedDocument document, string? type, JsonNode? json)
    {
        if (type != ProblemType) return [$"the document has no such operation, yet it answers {type ?? "nothing"}"];
        if (json is null) return [];
        List<string> errors = [.. document.Answers.Check(document.Schema("Problem"), json)];
        if (json["code"]?.ToString() is not ("not_found" or "method_not_allowed")) errors.Add($"the document has no such operation, yet it is refused as {json["code"]}");
        return errors;
    }

    private static void CheckHeaders(ServedDocument document, JsonNode described, HttpResponseMessage response, List<string> errors)
    {
        foreach (var (name, reference) in described["headers"]?.AsObject() ?? [])
        {
            var header = document.Target(reference!);
            if (!response.Headers.TryGetValues(name, out var values))
            {
                if ((bool?)header["required"] == true) errors.Add($"the header {name} is missing");
                continue;
            }

            var text = string.Join(", ", values);
            var schema = header["schema"]!;
            var isNumber = (string?)schema["type"] == "integer" && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);
            var value = isNumber ? JsonNode.Parse(text) : JsonValue.Create(text);
            errors.AddRange(document.Answers.Check(schema, value).Select(error => $"header {name}: {error}"));
        }
    }

    [GeneratedRegex("/{2,}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Slashes();
}
