using System.Text.Json.Serialization;

namespace Ingest.Api.Quarantine;

/// <summary>Which rows to act on. A member nobody knows is refused: a misspelt one would select more than was meant.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SelectionRequest
{
    public const int MostIds = 1000;

    [JsonPropertyName("device_id")]
    public string? DeviceId { get; init; }

    [JsonPropertyName("ids")]
    public IReadOnlyList<Guid>? Ids { get; init; }

    [JsonPropertyName("code")]
    public string? Code { get; init; }

    [JsonPropertyName("all")]
    public bool? All { get; init; }
}
