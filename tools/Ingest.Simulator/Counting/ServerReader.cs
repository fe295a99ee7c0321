using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Ingest.Simulator.Daemon;
using Ingest.Simulator.Servers;

namespace Ingest.Simulator.Counting;

/// <summary>Asks a server what it counts: manifest, rows, status.</summary>
internal sealed class ServerReader : IDisposable
{
    private static readonly string[] Metrics =
        ["message_count", "input_tokens", "output_tokens", "cache_creation_tokens", "cache_read_tokens", "cost_cents_ingested", "cost_cents_effective"];

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, AutomaticDecompression = DecompressionMethods.All });

    /// <summary>Whether the server ever told what it counts: one that has no such answers loses everything by the look of it.</summary>
    public bool HasCounted { get; private set; }

    /// <returns>Null where there is no manifest: an unknown device, or a server without one.</returns>
    public async Task<IReadOnlyDictionary<string, ServerDay>?> ManifestAsync(IServer server, string deviceId, CancellationToken cancellation)
    {
        var days = new Dictionary<string, ServerDay>(StringComparer.Ordinal);
        var query = $"v1/ingest/manifest?device_id={deviceId}";
        return await PagesAsync(server, query, page =>
        {
            foreach (var day in page.GetProperty("days").EnumerateArray())
            {
                var text = day.GetProperty("bucket_day").GetString()!;
                var digest = Text(day, "digest_version") is null or LocalDigest.Version ? Text(day, "digest") : null;
                days[text] = new ServerDay(text, Text(day, "state") ?? "", digest, Sums(day, day.GetProperty("rollup_rows").GetInt64()));
            }
        }, cancellation) ? days : null;
    }

    /// <returns>The live rows of a day; null where the server knows none.</returns>
    public async Task<IReadOnlyDictionary<RowKey, DaySums>?> RowsAsync(IServer server, string deviceId, string day, CancellationToken cancellation)
    {
        var live = new Dictionary<RowKey, DaySums>();
        var query = $"v1/ingest/rows?device_id={deviceId}&bucket_day={day}";
        return await PagesAsync(server, query, page =>
        {
            foreach (var row in page.GetProperty("rows").EnumerateArray())
            {
                if (Text(row, "state") is not (null or "live")) continue;
                var key = new RowKey(
                    Text(row, "role")!, Text(row, "provider")!, Text(row, "model")!, Text(row, "repo_id")!, Text(row, "git_branch")!, Text(row, "surface")!);
                live[key] = Sums(row, 1);
            }
        }, cancellation) ? live : null;
    }

    /// <summary>The state of a device's health in status, or null.</summary>
    public async Task<string?> HealthAsync(IServer server, string deviceId, CancellationToken cancellation)
    {
        using var document = await GetAsync(server, $"v1/ingest/status?device_id={deviceId}", cancellation);
        return document?.RootElement.TryGetProperty("health", out var health) == true ? Text(health, "state") : null;
    }

    public void Dispose() => _client.Dispose();

    private async Task<bool> PagesAsync(IServer server, string query, Action<JsonElement> read, CancellationToken cancellation)
    {
        string? cursor = null;
        do
        {
            using var page = await GetAsync(server, cursor is null ? query : $"{query}&cursor={Uri.EscapeDataString(cursor)}", cancellation);
            if (page is null) return false;
            HasCounted = true;
            read(page.RootElement);
            cursor = Text(page.RootElement, "next_cursor");
        }
        while (cursor is not null);
        return true;
    }

    private async Task<JsonDocument?> GetAsync(IServer server, string path, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", server.Key);
        using var response = await _client.SendAsync(request, cancellation);
        if (response.StatusCode == HttpStatusCode.NotFound) return null;
        var body = await response.Content.ReadAsStringAsync(cancellation);
        if (!response.IsSuccessStatusCode) throw new ServerException($"GET {request.RequestUri} answered {(int)response.StatusCode}: {body}");
        return JsonDocument.Parse(body);
    }

    private static DaySums Sums(JsonElement from, long rows)
    {
        Span<long> numbers = stackalloc long[Metrics.Length];
        for (var at = 0; at < Metrics.Length; at++)
        {
            var value = from.GetProperty(Metrics[at]);
            numbers[at] = Metrics[at].StartsWith("cost", StringComparison.Ordinal) ? MoneyUnits.Of(value.GetDecimal()) : value.GetInt64();
        }

        return new DaySums(rows, numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6]);
    }

    private static string? Text(JsonElement from, string name) =>
        from.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.ToString() : null;
}
