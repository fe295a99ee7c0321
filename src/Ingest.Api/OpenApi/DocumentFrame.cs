using System.Reflection;
using Ingest.Domain.Identity;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Ingest.Api.OpenApi;

/// <summary>What surrounds the operations: what the API is, how it is entered, and the parts that operations share.</summary>
internal sealed class DocumentFrame : IOpenApiDocumentTransformer
{
    public const string BearerScheme = "Bearer";

    private const string Description =
        """
        Ingest is the cloud end of device sync. Devices post what they used, day by day; the server stores it once, says up to where it is
        complete, and tells people how the sync of each device is doing.

        **Watermarks steer.** The answer to an envelope carries a `watermark`: the last UTC day that the device need not send again. It never names
        a day that may still change, nor one that this envelope did not carry. A client keeps the value as it is, lower ones too, and sends next time
        every row of the days after it, and of today. `null` means: keep the one you have. Sending a day again is always safe: what is stored already
        is not written again, and an envelope that was sent earlier never changes what a later one wrote.

        **Days are UTC days**, ten characters, `YYYY-MM-DD`, so they compare as text.

        **Money is a JSON number of US cents**, stored to 1/10000 cent, rounded half to even once per row. Counts are JSON numbers without a fraction.
        Numbers in quotes are not numbers.

        **Bad rows do not spoil good ones.** A row that breaks a rule is quarantined and reported while the others are stored; send
        `Prefer: handling=strict` to have nothing stored instead.

        **Refusals** are `application/problem+json` (RFC 9457). Branch on `code`: the list is closed. `retryable` says whether the very same request
        may succeed later, `Retry-After` says when. A 401 means that the key was looked up and is not there; a fault of the server is always a 503.
        """;

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Ingest",
            Version = typeof(DocumentFrame).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
            Description = Description.ReplaceLineEndings("\n"),
        };
        document.Servers = [new OpenApiServer { Url = "/", Description = "This server" }];
        document.Tags = new HashSet<OpenApiTag>
        {
            new() { Name = ApiTags.Sync, Description = "What devices send, and how their sync is doing." },
            new() { Name = ApiTags.Reconciliation, Description = "What is stored of a device, down to the row, and how it changed. Ranges of days hold `from` and not `to`." },
            new() { Name = ApiTags.Usage, Description = "What was used, and up to where that is complete." },
            new() { Name = ApiTags.Devices, Description = "The devices of a workspace: whose they are, whether their envelopes are taken, and how to be rid of one." },
            new() { Name = ApiTags.Workspace, Description = "What belongs to the workspace of a key." },
            new() { Name = ApiTags.Members, Description = "The people of a workspace, and what each may do." },
            new() { Name = ApiTags.Keys, Description = "How devices, people and services get in: keys, what each is for, and who uses it." },
            new() { Name = ApiTags.Health, Description = "For whoever runs the server: no key, no rate limit." },
        };
        document.AddComponent(BearerScheme, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = ApiKeyText.Scheme + "…",
            Description = $"A key that begins with `{ApiKeyText.Scheme}`. It belongs to one user of one workspace and is shown once, when it is made: `ingest key create`.",
        });
        DocumentHeaders.AddTo(document);
        EnvelopeSchemas.AddTo(document);
        Sort(document.Components!);
        return Task.CompletedTask;
    }

    /// <summary>By name, so that the committed document changes only where the API does.</summary>
    private static void Sort(OpenApiComponents components) => components.Schemas = new Dictionary<string, IOpenApiSchema>(
        components.Schemas!.OrderBy(schema => schema.Key, StringComparer.Ordinal), StringComparer.Ordinal);
}
