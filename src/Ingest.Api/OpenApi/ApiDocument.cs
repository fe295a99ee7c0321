using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace Ingest.Api.OpenApi;

/// <summary>The text of the document, written once: making it anew for every stranger who asks would cost more than an envelope does.</summary>
internal sealed class ApiDocument([FromKeyedServices(OpenApiExtensions.DocumentName)] IOpenApiDocumentProvider documents)
{
    private readonly Lazy<Task<byte[]>> _text = new(() => WriteAsync(documents));

    public async Task<FileContentHttpResult> AnswerAsync()
    {
        var text = await _text.Value;
        return TypedResults.Bytes(text, "application/json; charset=utf-8", entityTag: new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(text)[..8])}\""));
    }

    private static async Task<byte[]> WriteAsync(IOpenApiDocumentProvider documents)
    {
        var document = await documents.GetOpenApiDocumentAsync();
        using var text = new MemoryStream();
        await document.SerializeAsJsonAsync(text, OpenApiSpecVersion.OpenApi3_1);
        return text.ToArray();
    }
}
