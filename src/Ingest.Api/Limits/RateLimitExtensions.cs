using Ingest.Api.Authentication;
using Ingest.Api.Configuration;
using Ingest.Api.Errors;

namespace Ingest.Api.Limits;

internal static class RateLimitExtensions
{
    public static IServiceCollection AddRateLimit(this IServiceCollection services, LimitSettings limits) =>
        services.AddSingleton(provider => new RateLimit(limits, provider.GetRequiredService<TimeProvider>()));

    /// <summary>Counts requests by key, so it comes after <c>RequireKey</c>. Every answer says how much is left.</summary>
    public static TBuilder LimitRate<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.CanRefuse(ProblemCode.RateLimited).AddEndpointFilterFactory(static (endpoint, next) =>
        {
            var limit = endpoint.ApplicationServices.GetRequiredService<RateLimit>();
            if (!limit.Enabled)
                return next;

            return invocation =>
            {
                var context = invocation.HttpContext;
                return limit.CountRequest(context, context.Caller().KeyId) is { } problem ? new ValueTask<object?>(new ProblemResult(problem)) : next(invocation);
            };
        });
}
