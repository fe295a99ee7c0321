using Ingest.Domain.Usage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Ingest.Persistence.Usage;

public static class UsageServices
{
    /// <summary>Adds up usage, and prepares what is asked for. Needs the database of <see cref="PersistenceServices.AddPersistence"/>.</summary>
    public static IServiceCollection AddUsage(this IServiceCollection services, UsagePolicy policy)
    {
        services.AddSingleton(policy);
        services.AddSingleton<UsageBlockCache>();
        services.AddSingleton(provider => new UsageBlockStore(provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<SnapshotReads>()));
        services.AddSingleton<UsageBlockWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<UsageBlockWorker>());
        services.AddSingleton<IUsageReader, UsageReader>();
        return services;
    }
}
