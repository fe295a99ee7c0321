using Ingest.Api.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Ingest.Api.Limits;

internal static class ConnectionExtensions
{
    /// <summary>Beyond the daemons' proxies, which keep idle connections for two minutes: whoever closes first must be the one who would send on it.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(130);

    private static readonly TimeSpan Headers = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>Who sends more slowly, for longer than the grace, is cut off.</summary>
    private static readonly MinDataRate SlowestBody = new(bytesPerSecond: 240, Grace);

    /// <summary>An answer that nobody reads is held for as long as it would take at this rate: at the rate of bodies, a large one for an hour.</summary>
    private static readonly MinDataRate SlowestReader = new(bytesPerSecond: 8 * 1024, Grace);

    /// <summary>
    /// What the system takes of an answer before anybody has read it. Left to itself it takes megabytes for each connection, and as all of that counts as
    /// written, who reads nothing would be found out after minutes only.
    /// </summary>
    private const int UnreadBytes = 128 * 1024;

    /// <summary>What a connection may take before there is a request to judge, and while its answer is not read.</summary>
    public static IServiceCollection AddConnections(this IServiceCollection services, LimitSettings limits) => services
        .Configure<SocketTransportOptions>(sockets => sockets.CreateBoundListenSocket = endpoint =>
        {
            // Every connection that is accepted has the buffers of the socket that listens.
            var listening = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            listening.SendBufferSize = UnreadBytes;
            return listening;
        })
        .Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = limits.Connections;
            kestrel.Limits.RequestHeadersTimeout = Headers;
            kestrel.Limits.KeepAliveTimeout = Idle;
            kestrel.Limits.MinRequestBodyDataRate = SlowestBody;
            kestrel.Limits.MinResponseDataRate = SlowestReader;
        });
}
