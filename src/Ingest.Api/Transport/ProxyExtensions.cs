using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace Ingest.Api.Transport;

internal static class ProxyExtensions
{
    /// <summary>
    /// Believes X-Forwarded-For and X-Forwarded-Proto where they come from these addresses, as many hops as there are among them. Without any, the
    /// headers are ignored: everybody can send them.
    /// </summary>
    public static IApplicationBuilder UseTrustedProxies(this IApplicationBuilder app, IReadOnlyList<IPNetwork> trusted)
    {
        if (trusted.Count == 0) return app;
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in trusted) options.KnownIPNetworks.Add(network);
        return app.UseForwardedHeaders(options);
    }
}
