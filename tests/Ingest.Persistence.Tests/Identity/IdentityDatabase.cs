using Ingest.Persistence.Identity;
using Ingest.Testing.Postgres;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Ingest.Persistence.Tests.Identity;

/// <summary>A database of its own for one test, with the schema and nothing in it.</summary>
internal sealed class IdentityDatabase : IAsyncDisposable
{
    private readonly TestDatabase _database;

    private IdentityDatabase(TestDatabase database)
    {
        _database = database;
        Store = StoreOver(DataSource);
    }

    public string ConnectionString => _database.ConnectionString;

    public NpgsqlDataSource DataSource => _database.DataSource;

    public IdentityStore Store { get; }

    public static async Task<IdentityDatabase> CreateAsync() => new(await TestDatabase.CreateAsync());

    public static IdentityStore StoreOver(NpgsqlDataSource dataSource) => new(dataSource, new IdentityTransactions(new ContextFactory(dataSource), TimeProvider.System), TimeProvider.System);

    public IngestDbContext CreateContext() => new ContextFactory(DataSource).CreateDbContext();

    /// <summary>A workspace and the key of a member of it.</summary>
    public async Task<CreatedKey> AddKeyAsync()
    {
        var workspace = await Store.CreateWorkspaceAsync("Team");
        return await Store.CreateKeyAsync(workspace.WorkspaceId);
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public async Task<T> ReadAsync<T>(string sql)
    {
        await using var command = DataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private sealed class ContextFactory(NpgsqlDataSource dataSource) : IDbContextFactory<IngestDbContext>
    {
        public IngestDbContext CreateDbContext() => new(new DbContextOptionsBuilder<IngestDbContext>()
            .UseNpgsql(dataSource)
            .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
            .Options);
    }
}
