using Ingest.Domain.Identity;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Keys;
using Ingest.Persistence.Members;
using Ingest.Persistence.Workspaces;
using Ingest.Testing.Identity;
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
        var transactions = TransactionsOver(DataSource);
        Workspaces = new WorkspaceStore(transactions);
        Members = new MemberStore(transactions);
        Keys = new KeyStore(transactions);
        Setup = new ServerSetup(DataSource, transactions);
    }

    public string ConnectionString => _database.ConnectionString;

    public NpgsqlDataSource DataSource => _database.DataSource;

    public WorkspaceStore Workspaces { get; }

    public MemberStore Members { get; }

    public KeyStore Keys { get; }

    public ServerSetup Setup { get; }

    public static async Task<IdentityDatabase> CreateAsync() => new(await TestDatabase.CreateAsync());

    public static IdentityTransactions TransactionsOver(NpgsqlDataSource dataSource) => new(new ContextFactory(dataSource), TimeProvider.System);

    public IngestDbContext CreateContext() => new ContextFactory(DataSource).CreateDbContext();

    /// <summary>A workspace and the key of a member of it.</summary>
    public async Task<CreatedKey> AddKeyAsync()
    {
        var workspace = await Workspaces.CreateAsync(Actor.Operator, $"Team {Guid.NewGuid()}");
        return await Keys.CreateKeyAsync(workspace.WorkspaceId);
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
