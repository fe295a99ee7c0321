using Ingest.Persistence.Migrations;
using Npgsql;

namespace Ingest.Testing.Postgres;

/// <summary>A fresh database of one test class, dropped with it.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private static readonly Lazy<Task<string>> Template = new(CreateTemplateAsync);

    private readonly TestServer _server;
    private readonly string _name;

    private TestDatabase(TestServer server, string name)
    {
        _server = server;
        _name = name;
        ConnectionString = Of(server, name, pooling: true);
        DataSource = NpgsqlDataSource.Create(ConnectionString);
    }

    public string ConnectionString { get; }

    public NpgsqlDataSource DataSource { get; }

    /// <summary>Migrated by copying a database that was migrated once, or entirely empty.</summary>
    public static async Task<TestDatabase> CreateAsync(bool migrate = true)
    {
        var server = await TestPostgres.ServerAsync();
        return new TestDatabase(server, await CreateDatabaseAsync(server, migrate ? $"TEMPLATE {await Template.Value}" : "TEMPLATE template1"));
    }

    /// <param name="options">Of <c>CREATE DATABASE</c>.</param>
    public static async Task<TestDatabase> CreateAsync(string options)
    {
        var server = await TestPostgres.ServerAsync();
        return new TestDatabase(server, await CreateDatabaseAsync(server, options));
    }

    /// <summary>The database as it is now, as a backup would have it. The services on it have to be stopped.</summary>
    public async Task<TestDatabase> CopyAsync()
    {
        DataSource.Clear();
        return new TestDatabase(_server, await CreateDatabaseAsync(_server, $"TEMPLATE {_name}"));
    }

    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await AdministerAsync(_server, $"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");
    }

    private static async Task<string> CreateTemplateAsync()
    {
        var server = await TestPostgres.ServerAsync();
        var name = await CreateDatabaseAsync(server, "TEMPLATE template1");

        // A pooled connection that stays open would keep the database from being copied.
        await using (var dataSource = NpgsqlDataSource.Create(Of(server, name, pooling: false)))
            await Migrator.MigrateAsync(dataSource);

        // A server that outlives this process would keep the template for ever.
        if (server.StopAsync is null)
            AppDomain.CurrentDomain.ProcessExit += (_, _) => AdministerAsync(server, $"DROP DATABASE IF EXISTS {name} WITH (FORCE)").GetAwaiter().GetResult();
        return name;
    }

    private static async Task<string> CreateDatabaseAsync(TestServer server, string options)
    {
        var name = $"ingest_test_{Guid.NewGuid():N}";
        var owner = new NpgsqlConnectionStringBuilder(server.ConnectionString).Username
            ?? throw new InvalidOperationException("The connection string for tests names no user.");
        await AdministerAsync(server, $"CREATE DATABASE {name} OWNER \"{owner}\" {options}");
        return name;
    }

    private static async Task AdministerAsync(TestServer server, string sql)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(server.AdministratorConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static string Of(TestServer server, string name, bool pooling) =>
        new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name, Pooling = pooling }.ConnectionString;
}
