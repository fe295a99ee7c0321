using Ingest.Api.Attempts;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace Ingest.Api.OpenApi;

/// <summary>The headers answers carry, each described once.</summary>
internal static class DocumentHeaders
{
    public const string RateLimit = "RateLimit";
    public const string RateLimitPolicy = "RateLimit-Policy";

    private static readonly Dictionary<string, Func<OpenApiHeader>> All = new(StringComparer.Ordinal)
    {
        [AttemptIdExtensions.Header] = static () => new OpenApiHeader
        {
            Description = "Names this request in the server's log, in `attempt_id` of bodies and, for envelopes, among the stored attempts. Sorted by time (UUID version 7).",
            Required = true,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" },
        },
        [HeaderNames.RetryAfter] = static () => new OpenApiHeader
        {
            Description = "When to come back, in whole seconds.",
            Required = true,
            Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1" },
        },
        [HeaderNames.WWWAuthenticate] = static () => new OpenApiHeader
        {
            Description = "How to authenticate.",
            Required = true,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, Enum = ["Bearer"] },
        },
        [RateLimit] = static () => new OpenApiHeader
        {
            Description = "How many requests, and rows of envelopes, this key may still send at once (`r`), and in how many seconds it may send as many as ever (`t`). "
                + "Rows are named in answers to envelopes. Absent where no limit is configured, and where the request was refused before it was counted.",
            Schema = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Pattern = "^\"(requests|rows)\";r=[0-9]+;t=[0-9]+(, \"rows\";r=[0-9]+;t=[0-9]+)?$",
                Examples = ["\"requests\";r=5999;t=1, \"rows\";r=599975;t=1"],
            },
        },
        [RateLimitPolicy] = static () => new OpenApiHeader
        {
            Description = "How many requests, and rows of envelopes, a rested key may send at once (`q`), and after how many seconds a spent one is rested (`w`).",
            Schema = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Pattern = "^\"(requests|rows)\";q=[0-9]+;w=[0-9]+(, \"rows\";q=[0-9]+;w=[0-9]+)?$",
                Examples = ["\"requests\";q=6000;w=60, \"rows\";q=600000;w=60"],
            },
        },
    };

    public static void AddTo(OpenApiDocument document)
    {
        foreach (var (name, make) in All) document.AddComponent(name, make());
    }

    /// <summary>Which of them an answer of this status carries.</summary>
    /// <param name="keyed">Whether the operation asks for a key.</param>
    /// <param name="refusal">Whether the answer is a problem.</param>
    public static Dictionary<string, IOpenApiHeader> For(int status, bool keyed, bool refusal, OpenApiDocument document)
    {
        var names = new List<string> { AttemptIdExtensions.Header };
        if (refusal && status is (StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)) names.Add(HeaderNames.RetryAfter);
        if (status == StatusCodes.Status401Unauthorized) names.Add(HeaderNames.WWWAuthenticate);
        else if (keyed) names.AddRange([RateLimit, RateLimitPolicy]);
        return names.ToDictionary(name => name, name => (IOpenApiHeader)new OpenApiHeaderReference(name, document), StringComparer.Ordinal);
    }
}
