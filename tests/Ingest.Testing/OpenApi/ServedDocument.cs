using System.Text.Json.Nodes;

namespace Ingest.Testing.OpenApi;

/// <summary>The OpenAPI document a service serves, and what it says about one operation.</summary>
public sealed class ServedDocument
{
    public const string Path = "/openapi/v1.json";

    public ServedDocument(string text)
    {
        Text = text;
        Root = JsonNode.Parse(text)!;
        Answers = new JsonSchema(Root, closed: true);
        Requests = new JsonSchema(Root, closed: false);
    }

    /// <summary>As it was served.</summary>
    public string Text { get; }

    public JsonNode Root { get; }

    /// <summary>For what the service sends: nothing may be in it that the document does not name.</summary>
    public JsonSchema Answers { get; }

    public JsonSchema Requests { get; }

    public static async Task<ServedDocument> FetchAsync(Uri address)
    {
        using var client = new HttpClient();
        return new ServedDocument(await client.GetStringAsync(new Uri(address, Path)));
    }

    public JsonNode Schema(string name) => Answers.Resolve("#/components/schemas/" + name);

    /// <summary>Null for a path or method that the document does not have. A part in braces stands for any one; a path without it comes first.</summary>
    public JsonNode? Operation(HttpMethod method, string path)
    {
        var paths = Root["paths"]!.AsObject();
        var described = paths[path] ?? paths.FirstOrDefault(template => Fits(template.Key.Split('/'), path.Split('/'))).Value;
        return described?[method.Method.ToLowerInvariant()];
    }

    private static bool Fits(string[] template, string[] path) =>
        template.Length == path.Length && template.Zip(path).All(part => part.First == part.Second || (part.First.StartsWith('{') && part.Second.Length > 0));

    /// <summary>What a reference leads to, and anything else as it is.</summary>
    public JsonNode Target(JsonNode node) => node["$ref"] is { } reference ? Answers.Resolve((string)reference!) : node;
}
