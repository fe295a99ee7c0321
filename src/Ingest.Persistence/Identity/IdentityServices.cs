using Ingest.Domain.Identity;
using Ingest.Persistence.Devices;
using Ingest.Persistence.Enrolments;
using Ingest.Persistence.Invites;
using Ingest.Persistence.Keys;
using Ingest.Persistence.Members;
using Ingest.Persistence.Pages;
using Ingest.Persistence.Workspaces;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Ingest.Persistence.Identity;

public static class IdentityServices
{
    /// <summary>
    /// <see cref="IKeyDirectory"/>, <see cref="KeyUseRecorder"/>, the stores of workspaces, people and keys, and the background services behind
    /// them, over the one <see cref="NpgsqlDataSource"/> of the container.
    /// </summary>
    public static IServiceCollection AddIdentity(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddPooledDbContextFactory<IngestDbContext>((provider, options) => options
            .UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>())
            .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)

            // Every failure comes back as an exception that is told by whoever asked; told here too, an outage would be two stacks a request.
            .UseLoggerFactory(NullLoggerFactory.Instance));
        services.AddSingleton<IdentityTransactions>();
        services.AddSingleton(provider => new DeviceStore(provider.GetRequiredService<IdentityTransactions>()));
        services.AddSingleton(provider => new EnrolmentStore(provider.GetRequiredService<IdentityTransactions>()));
        services.AddSingleton(provider => new InviteStore(provider.GetRequiredService<IdentityTransactions>()));
        services.AddSingleton(provider => new WorkspaceStore(provider.GetRequiredService<IdentityTransactions>()));
        services.AddSingleton(provider => new MemberStore(provider.GetRequiredService<IdentityTransactions>()));
        services.AddSingleton(provider => new KeyStore(provider.GetRequiredService<IdentityTransactions>()));
        services.AddSingleton(provider => new SignInLinkStore(provider.GetRequiredService<IdentityTransactions>()));
        services.AddSingleton(provider => new PageSessionStore(
            provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<IdentityTransactions>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new ServerSetup(provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<IdentityTransactions>()));

        services.AddSingleton<KeyCache>();
        services.AddSingleton(provider => new KeyList(provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IKeyDirectory, KeyDirectory>();
        services.AddHostedService<RevocationListener>();

        services.AddSingleton(provider => new KeyUseRecorder(
            provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService<KeyUseFlusher>();
        return services;
    }
}
