using Ingest.Persistence.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Ingest.Persistence.Merging;

internal static class MergeServices
{
    public static IServiceCollection AddMerging(this IServiceCollection services) => services
        .AddSingleton(provider => new MergeStore(provider.GetRequiredService<IdentityTransactions>()))
        .AddSingleton(provider => new DuplicateReader(provider.GetRequiredService<IdentityTransactions>()));
}
