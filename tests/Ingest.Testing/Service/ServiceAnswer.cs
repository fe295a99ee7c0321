using System.Net;
using System.Text.Json.Nodes;

namespace Ingest.Testing.Service;

/// <summary>A status and a JSON body, read whole.</summary>
public sealed record ServiceAnswer(HttpStatusCode Status, JsonNode? Body, HttpResponseMessage Response)
{
    /// <summary>A member of the body, by names with dots between.</summary>
    public JsonNode? this[string path] => path.Split('.').Aggregate(Body, (node, name) => node?[name]);

    public string? Text(string path) => this[path]?.GetValue<string>();

    public static async Task<ServiceAnswer> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        return new ServiceAnswer(response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text), response);
    }
}
