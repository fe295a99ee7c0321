using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ingest.Api.Tests.Telemetry;

/// <summary>Receives what a real exporter sends, as a collector does: protobuf over HTTP. Texts stand in it as they are.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<string> _metrics = [];
    private readonly ConcurrentQueue<string> _traces = [];

    private Collector(WebApplication app)
    {
        _app = app;
        app.MapPost("/v1/metrics", request => TakeAsync(request, _metrics));
        app.MapPost("/v1/traces", request => TakeAsync(request, _traces));
    }

    public string Address => _app.Urls.Single();

    public string Metrics => string.Concat(_metrics);

    public string Traces => string.Concat(_traces);

    public static async Task<Collector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var collector = new Collector(builder.Build());
        await collector._app.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task TakeAsync(HttpContext context, ConcurrentQueue<string> into)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        into.Enqueue(Encoding.Latin1.GetString(body.ToArray()));
        context.Response.ContentType = "application/x-protobuf";
    }
}
