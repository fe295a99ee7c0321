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

    /// <summary>Whose request this is. Only behind <see cref="RequireKey{TBuilder}"/>.</summary>
    public static Caller Caller(this HttpContext context) => context.Features.GetRequiredFeature<Caller>();
}
