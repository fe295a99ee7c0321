using Ingest.Api.Configuration;
using Ingest.Api.Errors;
using Ingest.Api.Limits;
using Ingest.Domain.Identity;
using Ingest.Persistence.Identity;
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
            .CanRefuse(ProblemCode.Unauthorized, ProblemCode.AuthenticationLimited, ProblemCode.NotSetUp, ProblemCode.Maintenance, ProblemCode.StoreUnavailable, ProblemCode.DeviceDeleted)
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

    /// <summary>Lets a code stand in place of a key; one that does not exist counts like a key that does not.</summary>
    public static TBuilder TakeCode<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder
            .CanRefuse(
                ProblemCode.CodeUnknown, ProblemCode.CodeSpent, ProblemCode.AuthenticationLimited, ProblemCode.NotSetUp, ProblemCode.Maintenance, ProblemCode.StoreUnavailable)
            .AddEndpointFilterFactory(static (endpoint, next) =>
            {
                var authentication = endpoint.ApplicationServices.GetRequiredService<BearerAuthentication>();
                return async invocation =>
                {
                    var context = invocation.HttpContext;
                    if (await authentication.AdmitCodeAsync(context) is { } problem) return new ProblemResult(problem);

                    context.Response.Headers.CacheControl = NoStore;
                    try
                    {
                        return await next(invocation);
                    }
                    catch (IdentityException refused) when (refused.Refusal == IdentityRefusal.CodeUnknown)
                    {
                        authentication.CountUnknownCode(context);
                        throw;
                    }
                };
            });

    /// <summary>Says what this address asks of a key, or of who is signed in. Only behind what finds out who calls.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder builder, Permission permission)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.WithMetadata(new Requires(permission));
        return permission == Permission.Identify ? builder : builder.CanRefuse(ProblemCode.ScopeMissing, ProblemCode.RoleMissing);
    }

    private static ValueTask<object?> GoOn(Problem? problem, EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        if (problem is not null) return new ValueTask<object?>(new ProblemResult(problem));

        if (Forbidden(invocation.HttpContext) is { } forbidden) return new ValueTask<object?>(new ProblemResult(forbidden));

        // What a key opens is for who holds it. An answer that may be kept and asked for again says so itself.
        invocation.HttpContext.Response.Headers.CacheControl = NoStore;
        return next(invocation);
    }

    private static async ValueTask<object?> GoOnAsync(ValueTask<Problem?> judged, EndpointFilterInvocationContext invocation, EndpointFilterDelegate next) =>
        await GoOn(await judged, invocation, next);

    /// <summary>Why the caller may not do what this address is for; null where they may.</summary>
    public static Problem? Forbidden(HttpContext context)
    {
        var permission = context.GetEndpoint()?.Metadata.GetMetadata<Requires>()?.Permission
            ?? throw new InvalidOperationException("An address that wants a key says what it asks of one: .Needs(Permission.…).");
        var caller = context.Caller();
        if (caller.IsOfDeletedDevice) return Problem.Of(ProblemCode.DeviceDeleted);
        if (PermissionRule.Allows(caller.Scopes, permission)) return null;

        var enough = PermissionRule.Enough(permission);
        var needed = string.Join(" or ", KeyScopeNames.Of(enough));
        return (enough & UserRoles.ScopesOf(caller.Role)) == KeyScopes.None
            ? new Problem(ProblemCode.RoleMissing, $"This needs the scope {needed}, which a {UserRoles.NameOf(caller.Role)} cannot have. {ProblemCode.RoleMissing.Remedy}")
            : new Problem(ProblemCode.ScopeMissing, $"This needs a key with the scope {needed}. {ProblemCode.ScopeMissing.Remedy}");
    }

    /// <summary>Who acts, for the audit log.</summary>
    public static Actor Actor(this HttpContext context) => Domain.Identity.Actor.Of(context.Caller(), context.Connection.RemoteIpAddress?.ToString());

    /// <summary>Whose request this is: of a key, or of whoever is signed in to the pages.</summary>
    public static Caller Caller(this HttpContext context) => context.Features.GetRequiredFeature<Caller>();
}
