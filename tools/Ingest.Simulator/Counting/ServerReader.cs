using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Ingest.Simulator.Daemon;
using Ingest.Simulator.Servers;

namespace Ingest.Simulator.Counting;

/// <summary>Asks a server what it counts: manifest, rows, usage, status; and takes what it proposes of devices with several ids.</summary>
internal sealed class ServerReader : IDisposable
{
    private static readonly string[] Metrics =
        ["message_count", "input_tokens", "output_tokens", "cache_creation_tokens", "cache_read_tokens", "cost_cents_ingested", "cost_cents_effective"];

    private const string Day = "yyyy-MM-dd";

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

    /// <summary>Sums of a device by day, whatever ids it had before. Empty where the server knows none.</summary>
    public async Task<IReadOnlyDictionary<string, DaySums>> UsageAsync(IServer server, string deviceId, string first, string last, CancellationToken cancellation) =>
        await UsageAsync(server, [deviceId], "day", first, last, cancellation) ?? new Dictionary<string, DaySums>(StringComparer.Ordinal);

    /// <returns>Sums of some devices by the values of one dimension, the empty text for none; null where the server does not tell.</returns>
    public async Task<IReadOnlyDictionary<string, DaySums>?> UsageAsync(
        IServer server, IReadOnlyList<string> deviceIds, string dimension, string first, string last, CancellationToken cancellation)
    {
        const int most = 400;
        var sums = new Dictionary<string, DaySums>(StringComparer.Ordinal);
        var end = DateOnly.ParseExact(last, Day, CultureInfo.InvariantCulture).AddDays(1);
        for (var from = DateOnly.ParseExact(first, Day, CultureInfo.InvariantCulture); from < end; from = from.AddDays(most))
        {
            var to = from.AddDays(most) < end ? from.AddDays(most) : end;
            using var usage = await GetAsync(
                server, $"v1/usage?by={dimension}&top=1000&from={Text(from)}&to={Text(to)}{string.Concat(deviceIds.Select(id => "&device_id=" + id))}", cancellation);
            if (usage is null) return null;
            foreach (var group in usage.RootElement.GetProperty("groups").EnumerateArray())
            {
                var value = Text(group.GetProperty("keys")[0], "value") ?? "";
                sums[value] = sums.GetValueOrDefault(value) + Sums(group, rows: 0);
            }

            if (usage.RootElement.GetProperty("rest").GetArrayLength() > 0) throw new ServerException($"Usage by {dimension} has more than 1000 groups: they cannot be compared one by one.");
        }

        return sums;
    }

    /// <summary>Pairs of ids that the server takes for one device, the former one first; null where it has no such answer.</summary>
    public async Task<IReadOnlyList<(string Former, string Into)>?> ProposalsAsync(IServer server, CancellationToken cancellation)
    {
        using var report = await GetAsync(server, "v1/devices/duplicates", cancellation);
        return report is null
            ? null
            : [.. report.RootElement.GetProperty("candidates").EnumerateArray()
                .Select(pair => (pair.GetProperty("device").GetProperty("device_id").GetString()!, pair.GetProperty("into").GetProperty("device_id").GetString()!))];
    }

    /// <summary>Decides that two ids are one device, as the preview shows it.</summary>
    public async Task ContinueAsync(IServer server, string former, string into, CancellationToken cancellation)
    {
        using var asked = Request(server, HttpMethod.Get, $"v1/devices/{former}/merge?into={into}&as=continue");
        using var preview = await _client.SendAsync(asked, cancellation);
        await CheckAsync(asked, preview, cancellation);
        using var decided = Request(server, HttpMethod.Post, $"v1/devices/{former}/merge");
        decided.Headers.IfMatch.Add(preview.Headers.ETag!);
        decided.Content = new StringContent($$"""{"into":"{{into}}","as":"continue"}""", Encoding.UTF8, "application/json");
        using var merged = await _client.SendAsync(decided, cancellation);
        await CheckAsync(decided, merged, cancellation);
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
        using var request = Request(server, HttpMethod.Get, path);
        using var response = await _client.SendAsync(request, cancellation);
        return response.StatusCode == HttpStatusCode.NotFound ? null : JsonDocument.Parse(await CheckAsync(request, response, cancellation));
    }

    private static HttpRequestMessage Request(IServer server, HttpMethod method, string path) =>
        new(method, new Uri(server.Address, path)) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", server.Key) } };

    private static async Task<string> CheckAsync(HttpRequestMessage request, HttpResponseMessage response, CancellationToken cancellation)
    {
        var body = await response.Content.ReadAsStringAsync(cancellation);
        return response.IsSuccessStatusCode ? body : throw new ServerException($"{request.Method} {request.RequestUri} answered {(int)response.StatusCode}: {body}");
    }

    private static string Text(DateOnly day) => day.ToString(Day, CultureInfo.InvariantCulture);

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
