using System.Text.Json.Serialization;
using Ingest.Api.Envelopes;
using Ingest.Api.Status;
using Ingest.Api.Workspaces;

namespace Ingest.Api;

/// <summary>How answers are written: the wire's own names, numbers as numbers only, code generated at build time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.Strict,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(IngestAnswer))]
[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(WhoAmIAnswer))]
internal sealed partial class ApiJson : JsonSerializerContext;
