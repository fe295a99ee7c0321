using Ingest.Api.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Ingest.Api.Bodies;

internal static class BodyExtensions
{
    public static IServiceCollection AddBodies(this IServiceCollection services, LimitSettings limits) =>
        services.AddBodies(new BodyLimits { Bytes = limits.BodyBytes }, limits.BodyBudgetBytes);

    public static IServiceCollection AddBodies(this IServiceCollection services, BodyLimits limits, long budget) => services
        .AddSingleton(new BodyBudget(budget))
        .AddSingleton(limits)
        .AddSingleton<BodyReader>()

        // The reader's limits name themselves in their answer and count decompressed bytes too; Kestrel's can do neither. And where nobody
        // reads, it would not drain what a refused client still writes, which then sees a broken connection in place of its answer.
        .Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestBodySize = null);
}
