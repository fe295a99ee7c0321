using System.Net;
using Ingest.Api.Errors;

namespace Ingest.Api.Transport;

internal static class HttpsGate
{
    /// <summary>
    /// Before everything else of an endpoint: a key that came in clear is not even looked up. Not a 401, which would stop a stock daemon
    /// until a person restarts it (C§3.3), where all it takes is a proxy to be named.
    /// </summary>
    /// <param name="builder">The endpoints.</param>
    /// <param name="allowPlain">A proxy in front ends TLS and is not known here.</param>
    /// <param name="isBodySecret">What comes or goes in bodies is to be read by nobody either.</param>
    public static TBuilder RequireHttps<TBuilder>(this TBuilder builder, bool allowPlain, bool isBodySecret = false)
        where TBuilder : IEndpointConventionBuilder =>
        builder.CanRefuse(ProblemCode.HttpsRequired).AddEndpointFilterFactory((_, next) => allowPlain ? next : invocation =>
            IsSecretInClear(invocation.HttpContext, isBodySecret) ? new ValueTask<object?>(new ProblemResult(Refusal)) : next(invocation));

    private static Problem Refusal { get; } = new(
        ProblemCode.HttpsRequired,
        "This key or code came over plain HTTP and was not looked at. If the client sent it that way, others could read it: revoke it and use https://. "
        + $"If a proxy ends TLS: {ProblemCode.HttpsRequired.Remedy}");

    /// <summary>A local socket has no address, and what is on loopback has not left the machine.</summary>
    private static bool IsSecretInClear(HttpContext context, bool isBodySecret) =>
        !context.Request.IsHttps
        && context.Connection.RemoteIpAddress is { } address && !IPAddress.IsLoopback(address)
        && (isBodySecret || context.Request.Headers.Authorization.Count > 0);
}
