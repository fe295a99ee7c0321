using System.Net;
using System.Net.Sockets;
using Ingest.Api.Attempts;
using Ingest.Api.Authentication;
using Ingest.Api.Bodies;
using Ingest.Api.Configuration;
using Ingest.Api.Errors;
using Ingest.Api.Health;
using Ingest.Api.Limits;
using Ingest.Api.Paths;
using Ingest.Domain;
using Ingest.Domain.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ingest.Api.Tests.Plumbing;

/// <summary>A real Kestrel with only the pieces every endpoint shares, and endpoints that use each of them.</summary>
internal sealed class PlumbingServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private PlumbingServer(WebApplication app)
    {
        _app = app;
        Address = new Uri(app.Urls.Single());
        Client = new HttpClient { BaseAddress = Address };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public BodyBudget Budget => _app.Services.GetRequiredService<BodyBudget>();

    public ServerReadiness Readiness => _app.Services.GetRequiredService<ServerReadiness>();

    public RecordedLog Log => _app.Services.GetRequiredService<RecordedLog>();

    public Exception? ToThrow { get; set; }

    public static async Task<PlumbingServer> StartAsync(
        IKeyDirectory? keys = null, BodyLimits? bodies = null, long budget = 1 << 20, int requestsPerMinute = 0, TimeProvider? time = null,
        MinDataRate? rate = null, int failedAuthenticationsPerMinute = 0, int connections = 100)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        if (rate is not null)
            builder.Services.PostConfigure<KestrelServerOptions>(kestrel => kestrel.Limits.MinRequestBodyDataRate = rate);
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddSingleton<RecordedLog>();
        builder.Services.AddSingleton<ILoggerProvider>(provider => provider.GetRequiredService<RecordedLog>());
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddSingleton(keys ?? new OneKey());
        var limits = new LimitSettings
        {
            RequestsPerMinute = requestsPerMinute,
            RowsPerMinute = 0,
            FailedAuthenticationsPerMinute = failedAuthenticationsPerMinute,
            Connections = connections,
            BodyBytes = 0,
            BodyBudgetBytes = 0,
            EnvelopesInFlight = 512,
            DevicesPerWorkspace = 0,
        };
        builder.Services.AddProblems().AddReadiness().AddConnections(limits).AddBearerAuthentication(limits).AddRateLimit(limits);
        builder.Services.AddBodies(bodies ?? new BodyLimits { Bytes = 64 * 1024 }, budget);

        var app = builder.Build();
        app.UseAttemptIds();
        app.UseProblems();
        app.UseSingleSlashes();
        app.UseRouting();
        app.MapHealth();
        PlumbingServer? server = null;
        app.MapPost("/echo", async (HttpContext context, BodyReader reader) =>
        {
            var reading = await reader.ReadAsync(context);
            if (reading.Problem is { } problem)
                return new ProblemResult(problem);
            using var body = reading.Body!;
            context.Response.Headers["X-On-Wire"] = body.BytesOnWire.ToString();
            return Results.Bytes(body.Content.ToArray(), "application/json");
        });
        var keyed = app.MapGroup("/keyed").RequireReady().RequireKey().Needs(Permission.Identify).LimitRate();
        keyed.MapGet("/me", (HttpContext context) => context.Caller().WorkspaceId);
        keyed.MapPost("/delegate", (RequestDelegate)(context => context.Response.WriteAsync(context.Caller().WorkspaceId)));
        app.MapGet("/throw", string () => throw server!.ToThrow!);
        app.MapGet("/many-errors", () => new ProblemResult(new Problem(ProblemCode.InvalidRows, "Bad \"rows\" of größe")
        {
            Errors = [.. Enumerable.Range(0, 60).Select(i => new ProblemError($"payload.daily_rollups[{i}].role", "required", "must not be empty"))],
        }));
        await app.StartAsync(TestContext.Current.CancellationToken);
        server = new PlumbingServer(app);
        server.Readiness.Report(new Readiness.Ready());
        return server;
    }

    /// <summary>A bare connection, for what no well-behaved client sends.</summary>
    public async Task<NetworkStream> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, Address.Port, TestContext.Current.CancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }

    public sealed class OneKey : IKeyDirectory
    {
        public const string Key = "budi_the-only-key-there-is";

        private int _asked;
        private int _askedForListed;

        public KeyLookupOutcome? Answer { get; set; }

        public bool StoreAway { get; set; }

        public int Asked => _asked;

        public int AskedForListed => _askedForListed;

        public ValueTask<KeyLookup> FindAsync(string? key, CancellationToken cancellation)
        {
            Interlocked.Increment(ref _asked);
            if (StoreAway)
                throw new StoreUnavailableException("down: Password=hunter2");
            if (Answer is { } outcome)
                return new(new KeyLookup(outcome, null));
            return new(key == Key
                ? new KeyLookup(KeyLookupOutcome.Found, new Caller("ws_one", Guid.Empty, Guid.Empty, UserRole.Member, "budi_the-only", Completeness.Auto))
                : new KeyLookup(KeyLookupOutcome.Unknown, null));
        }

        public ValueTask<KeyLookup> FindListedAsync(string? key, CancellationToken cancellation)
        {
            Interlocked.Increment(ref _askedForListed);
            return key == Key ? FindAsync(key, cancellation) : new(new KeyLookup(KeyLookupOutcome.NotListed, null));
        }
    }
}
