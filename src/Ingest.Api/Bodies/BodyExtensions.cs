using Ingest.Api.Configuration;

namespace Ingest.Api.Bodies;

internal static class BodyExtensions
{
    public static IServiceCollection AddBodies(this IServiceCollection services, LimitSettings limits) => services
        .AddSingleton(new BodyBudget(limits.BodyBudgetBytes))
        .AddSingleton(new BodyLimits { Bytes = limits.BodyBytes })
        .AddSingleton<BodyReader>();
}
