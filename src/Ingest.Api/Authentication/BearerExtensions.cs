using Ingest.Api.Configuration;
using Ingest.Api.Errors;
using Ingest.Api.Limits;
using Ingest.Domain.Identity;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Ingest.Api.Authentication;

internal static class BearerExtensions
{
    private static readonly StringValues NoStore = "no-store";

    public static IServiceCollection AddBearerAuthentication(this IServiceCollection services, LimitSettings limits) => services
        .AddSingleton(provider => new FailedAuthentications(limits.FailedAuthenticationsPerMinute, provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<BearerAuthentication>();

    /// <summary>Lets only callers with a key through, and puts the caller on the context.</summary>
    public static TBuilder RequireKey<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(RequiresKey.Instance)
            .CanRefuse(ProblemCode.Unauthorized, ProblemCode.AuthenticationLimited, ProblemCode.NotSetUp, ProblemCode.Maintenance, ProblemCode.StoreUnavailable)
            .AddEndpointFilterFactory(static (endpoint, next) =>
            {
                var authentication = endpoint.ApplicationServices.GetRequiredService<BearerAuthentication>();
                return invocation =>
                {
                    // A key that is known is found at once, and then nothing need be allocated to wait with.
                    var judged = authentication.AuthenticateAsync(invocation.HttpContext);
                    return judged.IsCompletedSuccessfully ? GoOn(judged.Result, invocation, next) : GoOnAsync(judged, invocation, next);
                };
            });

    /// <summary>Lets only managers through. Only behind <see cref="RequireKey{TBuilder}"/>.</summary>
    public static TBuilder RequireManager<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.CanRefuse(ProblemCode.RoleMissing).AddEndpointFilter(static async (invocation, next) =>
            invocation.HttpContext.Caller().Role == UserRole.Manager
                ? await next(invocation)
                : new ProblemResult(new Problem(ProblemCode.RoleMissing, $"This needs the key of a manager. {ProblemCode.RoleMissing.Remedy}")));

    private static ValueTask<object?> GoOn(Problem? problem, EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        if (problem is not null) return new ValueTask<object?>(new ProblemResult(problem));

        // What a key opens is for who holds it. An answer that may be kept and asked for again says so itself.
        invocation.HttpContext.Response.Headers.CacheControl = NoStore;
        return next(invocation);
    }

    private static async ValueTask<object?> GoOnAsync(ValueTask<Problem?> judged, EndpointFilterInvocationContext invocation, EndpointFilterDelegate next) =>
        await GoOn(await judged, invocation, next);

    /// <summary>Whose request this is. Only behind <see cref="RequireKey{TBuilder}"/>.</summary>
    public static Caller Caller(this HttpContext context) => context.Features.GetRequiredFeature<Caller>();
}
