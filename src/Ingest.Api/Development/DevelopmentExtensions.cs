using System.Net;
using System.Text;
using Ingest.Api.Configuration;
using Ingest.Api.Errors;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Ledger;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Ingest.Api.Development;

/// <summary>What a simulation needs of a server, and no other server has: outside the versioned API and its document.</summary>
internal static partial class DevelopmentExtensions
{
    private const string ClockPath = "/development/clock";

    public static IServiceCollection AddVirtualClock(this IServiceCollection services)
    {
        services.AddSingleton<VirtualClock>();
        services.TryAddSingleton<TimeProvider>(provider => provider.GetRequiredService<VirtualClock>());
        return services;
    }

    public static IEndpointRouteBuilder MapDevelopment(this IEndpointRouteBuilder routes, DevelopmentSettings settings)
    {
        var logger = routes.ServiceProvider.GetRequiredService<ILoggerFactory>().CreateLogger("Ingest.Development");
        if (settings.RulesOff != LedgerRules.None) Log.RulesOff(logger, settings.RulesOff);
        if (!settings.HasVirtualClock) return routes;

        Log.VirtualClock(logger, ClockPath);
        routes.MapPut(ClockPath, SetClock).ExcludeFromDescription();
        return routes;
    }

    /// <summary>Nobody but a program on this machine moves the clock; to all others the address does not exist.</summary>
    private static IResult SetClock(HttpContext context, ClockReading reading, VirtualClock clock)
    {
        if (context.Connection.RemoteIpAddress is not { } address || !IPAddress.IsLoopback(address)) return Results.NotFound();
        if (!Instant.TryParse(Encoding.UTF8.GetBytes(reading.Now ?? ""), out var now))
            return new ProblemResult(new Problem(ProblemCode.BadRequest, "The body must be {\"now\":\"…\"} with an instant of RFC 3339."));

        clock.Set(now);
        return Results.NoContent();
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "THE CLOCK IS VIRTUAL: it stands still until PUT {Path} sets it. This server is for simulations; never point a real device at it.")]
        public static partial void VirtualClock(ILogger logger, string path);

        [LoggerMessage(LogLevel.Warning, "RULES ARE SWITCHED OFF: {Rules}. This server loses or doubles data on purpose; never point a real device at it.")]
        public static partial void RulesOff(ILogger logger, LedgerRules rules);
    }
}
