namespace Ingest.Api.Startup;

internal static class LoggingExtensions
{
    /// <summary>
    /// Closes the framework's categories that quote a request: its path, its query, its method, and the header that is not valid, which may be
    /// the one with the key. Whoever raises the level of the log to find a fault does not ask for those. Ours tell of every refused request.
    /// </summary>
    public static ILoggingBuilder NeverQuoteRequests(this ILoggingBuilder logging) => logging
        .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None)
        .AddFilter("Microsoft.AspNetCore.Server.Kestrel.BadRequests", LogLevel.None)
        .AddFilter("Microsoft.AspNetCore.Routing.Matching", LogLevel.None)
        // Kestrel decides by this one's level whether it quotes at all.
        .AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Warning);
}
