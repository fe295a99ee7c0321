using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Ingest.Simulator.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ingest.Simulator.Tests.Servers;

/// <summary>A server in memory, small enough to be believed, that the simulator is tried against over HTTP.</summary>
internal sealed class ModelServer : IServer, IServerClock, IAsyncDisposable
{
    private static readonly string[] Metrics = ["message_count", "input_tokens", "output_tokens", "cache_creation_tokens", "cache_read_tokens"];
    private static readonly string[] Costs = ["cost_cents_ingested", "cost_cents_effective"];

    private readonly ConcurrentDictionary<string, ModelDevice> _devices = new(StringComparer.Ordinal);
    private readonly WebApplication _app;
    private DateTimeOffset _now;

    private ModelServer(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = null!;

    public string WorkspaceId => "ws_model";

    public string Key => "budi_model";

    public IServerClock Clock => this;

    public IServerBackup? Backup => null;

    public bool IsVirtual => true;

    /// <summary>Requests as they came: method and path, headers, body.</summary>
    public ConcurrentQueue<(string Line, Dictionary<string, string> Headers, string Body)> Heard { get; } = new();

    public static async Task<ModelServer> StartAsync(ModelRule rule)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new ModelServer(builder.Build());
        server._app.MapPost("/v1/ingest", (Delegate)((HttpContext context) => server.IngestAsync(context, rule)));
        server._app.MapGet("/v1/ingest/manifest", (string device_id) => server.Manifest(device_id));
        server._app.MapGet("/v1/ingest/rows", (string device_id, string bucket_day) => server.Rows(device_id, bucket_day));
        server._app.MapGet("/v1/ingest/status", (string device_id) => server.Status(device_id));
        await server._app.StartAsync();
        server.Address = new Uri(server._app.Urls.Single() + "/");
        return server;
    }

    public Task SetAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        _now = now;
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<IResult> IngestAsync(HttpContext context, ModelRule rule)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        if (Heard.Count < 100)
        {
            var headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
            Heard.Enqueue(($"{context.Request.Method} {context.Request.Path} {context.Request.Protocol}", headers, body));
        }

        var envelope = JsonNode.Parse(body)!;
        var device = _devices.GetOrAdd(envelope["device_id"]!.GetValue<string>(), _ => new ModelDevice(rule));
        var syncedAt = DateTimeOffset.Parse(envelope["synced_at"]!.GetValue<string>(), CultureInfo.InvariantCulture);
        lock (device)
        {
            var watermark = device.Take(_now, syncedAt, [.. envelope["payload"]!["daily_rollups"]!.AsArray().Select(row => row!.AsObject())]);
            return Json(new JsonObject { ["accepted"] = true, ["watermark"] = watermark, ["records_upserted"] = 0 });
        }
    }

    private IResult Manifest(string deviceId)
    {
        if (!_devices.TryGetValue(deviceId, out var device)) return Results.NotFound();
        var days = device.Days.Select(day =>
        {
            var sums = new JsonObject { ["bucket_day"] = day.Key, ["state"] = "open", ["rollup_rows"] = day.Value.Rows.Count };
            foreach (var name in Metrics) sums[name] = day.Value.Rows.Values.Sum(row => row[name]!.GetValue<long>());
            foreach (var name in Costs) sums[name] = day.Value.Rows.Values.Sum(row => Cost(row, name));
            return (JsonNode)sums;
        });
        return Json(new JsonObject { ["device_id"] = deviceId, ["days"] = new JsonArray([.. days]), ["next_cursor"] = null });
    }

    private IResult Rows(string deviceId, string day)
    {
        if (!_devices.TryGetValue(deviceId, out var device) || !device.Days.TryGetValue(day, out var held)) return Results.NotFound();
        var rows = held.Rows.Values.Select(row =>
        {
            var live = row.DeepClone().AsObject();
            live["state"] = "live";
            foreach (var name in Costs) live[name] = Cost(row, name);
            return (JsonNode)live;
        });
        return Json(new JsonObject { ["rows"] = new JsonArray([.. rows]), ["next_cursor"] = null });
    }

    private IResult Status(string deviceId) => _devices.TryGetValue(deviceId, out var device)
        ? Json(new JsonObject { ["health"] = new JsonObject { ["state"] = device.IsShared ? "shared_id" : "healthy" } })
        : Results.NotFound();

    private static decimal Cost(JsonObject row, string name) =>
        decimal.Max(0, decimal.Round(decimal.Parse(row[name]!.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture), 4, MidpointRounding.ToEven));

    private static IResult Json(JsonNode body) => Results.Text(body.ToJsonString(), "application/json");
}
