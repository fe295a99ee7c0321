using Ingest.Api.Configuration;
using Ingest.Api.Operator;
using Ingest.Domain.Envelopes;
using Ingest.Persistence.Identity;

namespace Ingest.Api.Startup;

/// <summary>What a person reads when the service has started: where it is, and at the first start the key, which can never be shown again.</summary>
internal static class Banner
{
    public static void Print(TextWriter output, ICollection<string> urls, IngestSettings settings, ServerDatabase database, CreatedKey? key, TimeProvider time)
    {
        var address = Reachable(urls.FirstOrDefault() ?? "http://localhost:8080");
        output.WriteLine($"""

            Ingest listens on {string.Join(", ", urls)}
              API page   {address}/swagger
              Health     {address}/health/ready
              Database   {(database.DataDirectory is { } directory ? $"private Postgres cluster in {directory}" : "as configured")}
            """);
        if (key is not null) PrintFirstStart(output, address, settings, key, time);
        output.WriteLine();
    }

    private static void PrintFirstStart(TextWriter output, string address, IngestSettings settings, CreatedKey key, TimeProvider time)
    {
        var now = time.GetUtcNow();
        output.WriteLine($"""

            This is the first start. The key is shown now and never again; it is stored only as a hash.
              Workspace  {key.WorkspaceId}
              Key        {key.Key}

            Try it:

            curl -sS {address}/v1/ingest -H 'Authorization: Bearer {key.Key}' -H 'Content-Type: application/json' -d '{SampleEnvelope.Write(key.WorkspaceId, now)}'
            curl -sS '{address}/v1/ingest/status?device_id={SampleEnvelope.DeviceId}' -H 'Authorization: Bearer {key.Key}'

            """);
        output.WriteLine(settings.PublicUrl is { } publicUrl
            ? $"""
            To connect a device, save this as {CloudToml.Path} on it and restart its daemon:

            {CloudToml.Write(publicUrl, key.WorkspaceId, key.Key, Guid.NewGuid())}
            """
            : """
            To connect a device: a stock daemon speaks only HTTPS with a publicly trusted certificate, so put this server behind one,
            set PublicUrl, and follow "Connect a device" in README.md.
            """);
    }

    /// <summary>An address that listens everywhere is reached at home.</summary>
    private static string Reachable(string url) => url
        .Replace("://[::]", "://localhost", StringComparison.Ordinal)
        .Replace("://0.0.0.0", "://localhost", StringComparison.Ordinal)
        .Replace("://+", "://localhost", StringComparison.Ordinal)
        .Replace("://*", "://localhost", StringComparison.Ordinal);
}
