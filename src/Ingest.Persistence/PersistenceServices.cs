using Ingest.Domain.Audit;
using Ingest.Domain.Devices;
using Ingest.Domain.Health;
using Ingest.Domain.Ledger;
using Ingest.Domain.Reconciliation;
using Ingest.Domain.Sessions;
using Ingest.Domain.Windows;
using Ingest.Domain.Quarantine;
using Ingest.Persistence.Attempts;
using Ingest.Persistence.Audit;
using Ingest.Persistence.Devices;
using Ingest.Persistence.Envelopes;
using Ingest.Persistence.Health;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Merging;
using Ingest.Persistence.Rewinds;
using Ingest.Persistence.Reconciliation;
using Ingest.Persistence.Restores;
using Ingest.Persistence.Sessions;
using Ingest.Persistence.Windows;
using Ingest.Persistence.Quarantine;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Ingest.Persistence;

public static class PersistenceServices
{
    /// <summary>Every port of the domain, over one pool of connections for Entity Framework and the write path alike.</summary>
    public static IServiceCollection AddPersistence(this IServiceCollection services, ServerDatabase database, StoreLimits limits)
    {
        services.AddSingleton(database);
        services.AddSingleton(database.Source);
        services.AddIdentity();
        services.AddMerging();
        services.AddSingleton(limits);
        services.AddSingleton<DeviceContacts>();
        services.AddSingleton<LookBackBudget>();
        services.AddSingleton<AttemptLog>();
        services.AddSingleton<IAttemptLog>(provider => provider.GetRequiredService<AttemptLog>());
        services.AddHostedService(provider => provider.GetRequiredService<AttemptLog>());
        services.AddSingleton<IEnvelopeStore, EnvelopeStore>();
        services.AddSingleton<SyncStatusReader>();
        services.AddSingleton<ISyncStatusReader>(provider => provider.GetRequiredService<SyncStatusReader>());
        services.AddSingleton<IFleetViewReader, FleetViewReader>();
        services.AddSingleton<IFleetReader, FleetReader>();
        services.AddSingleton(provider => new RewindRequests(provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IDeviceReader, DeviceReader>();
        services.AddSingleton(provider => new DayRestores(provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<SnapshotReads>();
        services.AddSingleton<IManifestReader, ManifestReader>();
        services.AddSingleton<IDayRowReader, DayRowReader>();
        services.AddSingleton<IChangeReader, ChangeReader>();
        services.AddSingleton<ISessionReader, SessionReader>();
        services.AddSingleton<IWindowReader, WindowReader>();
        services.AddSingleton<IAttemptReader, AttemptReader>();
        services.AddSingleton<IAuditReader, AuditReader>();
        services.AddSingleton<QuarantineReplay>();
        services.AddSingleton<ReplayedRowWriter>();
        services.AddSingleton<IQuarantineStore, QuarantineStore>();
        services.AddHostedService<QuarantineUpgrade>();
        return services;
    }
}
