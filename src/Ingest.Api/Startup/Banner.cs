using Ingest.Api.Configuration;
using Ingest.Api.Enrolments;
using Ingest.Domain.Envelopes;
using Ingest.Persistence;
using Ingest.Persistence.Keys;

namespace Ingest.Api.Startup;

/// <summary>What a person reads when the service has started: where it is, and at the first start the key, which can never be shown again.</summary>
internal sealed class Banner(TextWriter output, IngestSettings settings, TimeProvider time)
{
    public void ShowAddresses(ICollection<string> urls, ServerDatabase database)
    {
        var address = Reachable(urls);
        output.WriteLine($"""

            Ingest listens on {string.Join(", ", urls)}
              Pages      {address}/
              API page   {address}/swagger
              Health     {address}/health/ready
              Database   {(database.DataDirectory is { } directory ? $"private Postgres cluster in {directory}" : "as configured")}

            """);
    }

    public void ShowKey(CreatedKey key) => output.WriteLine($"""
        This is the first start. The key is shown now and never again; it is stored only as a hash.
          Workspace  {key.WorkspaceId}
          Key        {key.Key}

        """);

    public void ShowFirstStart(ICollection<string> urls, CreatedKey key)
    {
        var address = Reachable(urls);
        ShowKey(key);
        output.WriteLine($"""
            Try it:

            curl -sSw '\n' {address}/v1/ingest -H 'Authorization: Bearer {key.Key}' -H 'Content-Type: application/json' -d '{SampleEnvelope.Write(key.WorkspaceId, time.GetUtcNow())}'
            curl -sSw '\n' '{address}/v1/ingest/status?device_id={SampleEnvelope.DeviceId}' -H 'Authorization: Bearer {key.Key}'

            """);
        output.WriteLine(settings.PublicUrl is { } publicUrl
            ? $"""
            To connect a device, save this as {CloudToml.Path} on it and restart its daemon:

            {CloudToml.Write(publicUrl, key.WorkspaceId, key.Key, Guid.NewGuid().ToString())}

            """
            : """
            To connect a device: a stock daemon speaks only HTTPS with a publicly trusted certificate, so put this server behind one,
            set PublicUrl, and follow "Connect a device" in README.md.

            """);
    }

    /// <summary>An address that listens everywhere is reached at home.</summary>
    private static string Reachable(ICollection<string> urls) => (urls.FirstOrDefault() ?? "http://localhost:8080")
        .Replace("://[::]", "://localhost", StringComparison.Ordinal)
        .Replace("://0.0.0.0", "://localhost", StringComparison.Ordinal)
        .Replace("://+", "://localhost", StringComparison.Ordinal)
        .Replace("://*", "://localhost", StringComparison.Ordinal);
}
