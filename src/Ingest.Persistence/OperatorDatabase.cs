using Ingest.Domain;
using Ingest.Domain.Audit;
using Ingest.Persistence.Audit;
using Ingest.Persistence.Backups;
using Ingest.Persistence.Devices;
using Ingest.Persistence.Enrolments;
using Ingest.Persistence.Examination;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Invites;
using Ingest.Persistence.Keys;
using Ingest.Persistence.Members;
using Ingest.Persistence.Merging;
using Ingest.Persistence.Migrations;
using Ingest.Persistence.Pages;
using Ingest.Persistence.Restores;
using Ingest.Persistence.Rewinds;
using Ingest.Persistence.Workspaces;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Ingest.Persistence;

/// <summary>What an operator's verb needs of a database, for as long as the verb runs.</summary>
public sealed class OperatorDatabase : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    /// <exception cref="ArgumentException">The connection string is not one.</exception>
    public OperatorDatabase(string connectionString, TimeProvider time) =>
        _services = new ServiceCollection()
            .AddSingleton(time)
            .AddSingleton(_ => NpgsqlDataSource.Create(connectionString))
            .AddIdentity()
            .AddSingleton(provider => new RewindRequests(provider.GetRequiredService<NpgsqlDataSource>(), time))
            .AddMerging()
            .AddSingleton(provider => new DayRestores(provider.GetRequiredService<NpgsqlDataSource>(), time))
            .AddSingleton(provider => new DatabaseExamination(provider.GetRequiredService<NpgsqlDataSource>(), time))
            .AddSingleton(provider => new MissingDevices(provider.GetRequiredService<NpgsqlDataSource>()))
            .AddSingleton<IAuditReader>(provider => new AuditReader(provider.GetRequiredService<NpgsqlDataSource>()))
            .BuildServiceProvider();

    public WorkspaceStore Workspaces => _services.GetRequiredService<WorkspaceStore>();

    public MemberStore Members => _services.GetRequiredService<MemberStore>();

    public KeyStore Keys => _services.GetRequiredService<KeyStore>();

    public ServerSetup Setup => _services.GetRequiredService<ServerSetup>();

    public EnrolmentStore Enrolments => _services.GetRequiredService<EnrolmentStore>();

    public InviteStore Invites => _services.GetRequiredService<InviteStore>();

    public SignInLinkStore SignInLinks => _services.GetRequiredService<SignInLinkStore>();

    public IAuditReader Audit => _services.GetRequiredService<IAuditReader>();

    public RewindRequests Rewinds => _services.GetRequiredService<RewindRequests>();

    public DeviceStore Devices => _services.GetRequiredService<DeviceStore>();

    public DayRestores Restores => _services.GetRequiredService<DayRestores>();

    public DatabaseExamination Examination => _services.GetRequiredService<DatabaseExamination>();

    public MergeStore Merges => _services.GetRequiredService<MergeStore>();

    public DuplicateReader Duplicates => _services.GetRequiredService<DuplicateReader>();

    public MissingDevices Missing => _services.GetRequiredService<MissingDevices>();

    /// <summary>The one device that an operator means, who need not name its workspace.</summary>
    /// <exception cref="IdentityException">There is no such workspace or device, or several.</exception>
    public Task<(string WorkspaceId, string DeviceId)> FindDeviceAsync(string? workspaceId, string deviceId, CancellationToken cancellation) =>
        DatabaseFailure.AskedAsync(() => DeviceHome.FindAsync(_services.GetRequiredService<NpgsqlDataSource>(), workspaceId, deviceId, cancellation));

    /// <summary>Applies what is missing and returns its names.</summary>
    /// <exception cref="MigrationException">The database and this program do not fit together.</exception>
    /// <exception cref="StoreUnavailableException">The database could not be asked.</exception>
    public Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellation) => DatabaseFailure.AskedAsync(() => Migrator.MigrateAsync(
        _services.GetRequiredService<NpgsqlDataSource>(), _services.GetRequiredService<TimeProvider>(), cancellation));

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
