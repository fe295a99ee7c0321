using Microsoft.Extensions.DependencyInjection;

namespace Ingest.Persistence.Upkeep;

public static class UpkeepServices
{
    /// <summary>Removes by and by what is older than the policy keeps. Needs the database and the clock of <see cref="PersistenceServices.AddPersistence"/>.</summary>
    public static IServiceCollection AddUpkeep(this IServiceCollection services, RetentionPolicy policy)
    {
        services.AddSingleton(policy);
        services.AddHostedService<Pruner>();
        return services;
    }
}
