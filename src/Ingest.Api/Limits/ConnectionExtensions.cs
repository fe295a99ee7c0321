using Ingest.Api.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Ingest.Api.Limits;

internal static class ConnectionExtensions
{
    /// <summary>Beyond the daemons' proxies, which keep idle connections for two minutes: whoever closes first must be the one who would send on it.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(130);

    private static readonly TimeSpan Headers = TimeSpan.FromSeconds(10);

    /// <summary>Who sends or reads more slowly, for longer than the grace, is cut off.</summary>
    private static readonly MinDataRate Slowest = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));

    /// <summary>What a connection may take before there is a request to judge, and while its answer is not read.</summary>
    public static IServiceCollection AddConnections(this IServiceCollection services, LimitSettings limits) => services.Configure<KestrelServerOptions>(kestrel =>
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = limits.Connections;
        kestrel.Limits.RequestHeadersTimeout = Headers;
        kestrel.Limits.KeepAliveTimeout = Idle;
        kestrel.Limits.MinRequestBodyDataRate = Slowest;
        kestrel.Limits.MinResponseDataRate = Slowest;
    });
}
