using Ingest.Api.Errors;
using Ingest.Domain.Identity;
using Microsoft.AspNetCore.Http.Features;

namespace Ingest.Api.Authentication;

internal static class BearerExtensions
{
    public static IServiceCollection AddBearerAuthentication(this IServiceCollection services) => services.AddSingleton<BearerAuthentication>();

    /// <summary>Lets only callers with a key through, and puts the caller on the context.</summary>
    public static TBuilder RequireKey<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(RequiresKey.Instance)
            .CanRefuse(ProblemCode.Unauthorized, ProblemCode.NotSetUp, ProblemCode.Maintenance, ProblemCode.StoreUnavailable)
            .AddEndpointFilter(static async (invocation, next) =>
            {
                var authentication = invocation.HttpContext.RequestServices.GetRequiredService<BearerAuthentication>();
                return await authentication.AuthenticateAsync(invocation.HttpContext) is { } problem
                    ? new ProblemResult(problem)
                    : await next(invocation);
            });

    /// <summary>Lets only managers through. Only behind <see cref="RequireKey{TBuilder}"/>.</summary>
    public static TBuilder RequireManager<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.CanRefuse(ProblemCode.RoleMissing).AddEndpointFilter(static async (invocation, next) =>
            invocation.HttpContext.Caller().Role == UserRole.Manager
                ? await next(invocation)
                : new ProblemResult(new Problem(ProblemCode.RoleMissing, $"This needs the key of a manager. {ProblemCode.RoleMissing.Remedy}")));

    /// <summary>Whose request this is. Only behind <see cref="RequireKey{TBuilder}"/>.</summary>
    public static Caller Caller(this HttpContext context) => context.Features.GetRequiredFeature<Caller>();
}
