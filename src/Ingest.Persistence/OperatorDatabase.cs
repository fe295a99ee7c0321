using Ingest.Domain;
using Ingest.Persistence.Backups;
using Ingest.Persistence.Examination;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Merging;
using Ingest.Persistence.Migrations;
using Ingest.Persistence.Restores;
using Ingest.Persistence.Rewinds;
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
            .AddMerging()
            .AddSingleton(provider => new RewindRequests(provider.GetRequiredService<NpgsqlDataSource>()))
            .AddSingleton(provider => new DayRestores(provider.GetRequiredService<NpgsqlDataSource>(), time))
            .AddSingleton(provider => new DatabaseExamination(provider.GetRequiredService<NpgsqlDataSource>(), time))
            .AddSingleton(provider => new MissingDevices(provider.GetRequiredService<NpgsqlDataSource>()))
            .BuildServiceProvider();

    public IdentityStore Identity => _services.GetRequiredService<IdentityStore>();

    public RewindRequests Rewinds => _services.GetRequiredService<RewindRequests>();

    public DayRestores Restores => _services.GetRequiredService<DayRestores>();

    public DatabaseExamination Examination => _services.GetRequiredService<DatabaseExamination>();

    public MergeStore Merges => _services.GetRequiredService<MergeStore>();

    public DuplicateReader Duplicates => _services.GetRequiredService<DuplicateReader>();

    public MissingDevices Missing => _services.GetRequiredService<MissingDevices>();

    /// <summary>Applies what is missing and returns its names.</summary>
    /// <exception cref="MigrationException">The database and this program do not fit together.</exception>
    /// <exception cref="StoreUnavailableException">The database could not be asked.</exception>
    public Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellation) => DatabaseFailure.AskedAsync(() => Migrator.MigrateAsync(
        _services.GetRequiredService<NpgsqlDataSource>(), _services.GetRequiredService<TimeProvider>(), cancellation));

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
