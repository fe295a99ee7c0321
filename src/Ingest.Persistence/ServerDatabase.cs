using System.Data.Common;
using Ingest.Domain;
using Ingest.Persistence.Cluster;
using Ingest.Persistence.Migrations;
using Ingest.Persistence.Tenancy;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Ingest.Persistence;

/// <summary>The database the service runs on: the configured one, or the private cluster, which lives and ends with the service.</summary>
public sealed class ServerDatabase : IAsyncDisposable
{
    /// <summary>Batches of envelopes being written at once: one waits for the disk while others compute, and more would only be in each other's way.</summary>
    internal static readonly int WriteWorkers = Math.Clamp(Environment.ProcessorCount + 1, 3, 9);

    /// <summary>Batches of envelopes being looked up at once.</summary>
    internal const int LookUpWorkers = 2;

    /// <summary>Envelopes being written by themselves at once; these wait for locks.</summary>
    internal const int LoneWorkers = 4;

    /// <summary>
    /// Left to choose, Postgres plans a statement over arrays anew each time, since it takes the plan for these very arrays for the cheaper one:
    /// that costs several times what the statement does.
    /// </summary>
    private const string PlanningOnce = "SET plan_cache_mode = force_generic_plan";

    /// <summary>
    /// The write path looks all rows up by their keys. Planned while the tables are small, its statements would read them whole, and go on
    /// doing so when they have grown.
    /// </summary>
    private const string PlanningByKey = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_bitmapscan = off; SET enable_memoize = off";

    private const int LargestPool = 40;

    private const int ProbeSeconds = 3;

    private readonly LocalCluster? _cluster;

    /// <summary>The account as it is configured: it owns the schema, and no policy binds it. For the schema alone.</summary>
    private readonly NpgsqlDataSource _owner;

    private ServerDatabase(string connectionString, LocalCluster? cluster)
    {
        _owner = ConnectOwner(connectionString);
        Source = Connect(connectionString);
        Writers = ConnectWriters(connectionString);
        _cluster = cluster;
    }

    public bool IsEmbedded => _cluster is not null;

    public string? DataDirectory => _cluster?.DataDirectory;

    internal NpgsqlDataSource Source { get; }

    /// <summary>For the write path alone: no number of readers can keep it waiting for a connection.</summary>
    internal NpgsqlDataSource Writers { get; }

    /// <summary>Whether the text is a connection string to a host, in the driver's own reading: a keyword it does not know would otherwise throw at start.</summary>
    public static bool CanConnectWith(string connectionString)
    {
        try
        {
            return !string.IsNullOrWhiteSpace(new NpgsqlConnectionStringBuilder(connectionString).Host);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <param name="connectionString">The configured database; null starts the private cluster.</param>
    /// <param name="cluster">Where the private cluster lives.</param>
    /// <param name="logger">Told what becomes of the cluster.</param>
    /// <param name="cancellation">Ends the call.</param>
    public static async Task<ServerDatabase> OpenAsync(string? connectionString, ClusterOptions cluster, ILogger logger, CancellationToken cancellation)
    {
        if (connectionString is not null) return new ServerDatabase(connectionString, null);
        var started = await LocalCluster.StartAsync(cluster, logger, cancellation);
        return new ServerDatabase(started.ConnectionString, started);
    }

    /// <summary>Whether the database answers at all; one that hangs is as good as none.</summary>
    /// <exception cref="StoreUnavailableException">It does not.</exception>
    public Task ProbeAsync(CancellationToken cancellation) => DatabaseFailure.AskedAsync(async () =>
    {
        await using var probe = new ScopedBatch(Source, WorkspaceScope.All) { TimeoutSeconds = ProbeSeconds };
        return await probe.ExecuteAsync(cancellation);
    });

    /// <summary>Applies what is missing and returns its names.</summary>
    /// <exception cref="StoreUnavailableException">The database could not be asked.</exception>
    public Task<IReadOnlyList<string>> MigrateAsync(TimeProvider time, CancellationToken cancellation) =>
        DatabaseFailure.AskedAsync(() => Migrator.MigrateAsync(_owner, time, cancellation));

    /// <summary>Compares the schema with this program's without changing anything.</summary>
    /// <exception cref="StoreUnavailableException">The database could not be asked.</exception>
    public Task<SchemaState> GetSchemaAsync(CancellationToken cancellation) => DatabaseFailure.AskedAsync(() => Migrator.GetStateAsync(_owner, cancellation));

    /// <summary>
    /// Takes new sessions from here on: those of before may have begun when the role of the second wall was not there yet.
    /// </summary>
    /// <returns>Whether that wall stands: whether the policies of the tables bind the service.</returns>
    /// <exception cref="StoreUnavailableException">The database could not be asked.</exception>
    public Task<bool> EnterSecondWallAsync(CancellationToken cancellation) => DatabaseFailure.AskedAsync(() =>
    {
        Source.Clear();
        Writers.Clear();
        return SecondWall.IsUpAsync(Source, cancellation);
    });

    /// <summary>Starts the private cluster again where it has died; of any other database somebody else takes care.</summary>
    public Task ReviveAsync(CancellationToken cancellation) => _cluster?.ReviveAsync(cancellation) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _owner.DisposeAsync();
        await Source.DisposeAsync();
        await Writers.DisposeAsync();
        if (_cluster is not null) await _cluster.DisposeAsync();
    }

    private static NpgsqlDataSource ConnectOwner(string connectionString) =>
        NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "ingest schema", MinPoolSize = 0, MaxPoolSize = 2 });

    private static NpgsqlDataSource Connect(string connectionString) => Describe("ingest", connectionString, $"{PlanningOnce}; {SecondWall.Enter}").Build();

    private static NpgsqlDataSource ConnectWriters(string connectionString)
    {
        var builder = Describe("ingest-writers", connectionString, $"{PlanningOnce}; {PlanningByKey}; {SecondWall.Enter}");
        var options = builder.ConnectionStringBuilder;
        options.MaxPoolSize = WriteWorkers + LookUpWorkers + LoneWorkers;
        options.MinPoolSize = Math.Min(options.MinPoolSize, options.MaxPoolSize);
        return builder.Build();
    }

    private static NpgsqlDataSourceBuilder Describe(string name, string connectionString, string settings)
    {
        // In metrics and traces the driver would otherwise call it by its connection string.
        var builder = new NpgsqlDataSourceBuilder(connectionString) { Name = name };
        var options = builder.ConnectionStringBuilder;
        var asWritten = new DbConnectionStringBuilder { ConnectionString = connectionString };
        bool Says(string name) => asWritten.ContainsKey(name) || asWritten.ContainsKey(name.Replace(" ", "", StringComparison.Ordinal));

        options.ApplicationName ??= "ingest";

        // Statements of the write path are few and always the same: prepared once a connection, they are planned once.
        if (options.MaxAutoPrepare == 0) options.MaxAutoPrepare = 64;
        options.AutoPrepareMinUsages = 2;
        builder.UsePhysicalConnectionInitializer(
            connection =>
            {
                using var command = new NpgsqlCommand(settings, connection);
                command.ExecuteNonQuery();
            },
            async connection =>
            {
                await using var command = new NpgsqlCommand(settings, connection);
                await command.ExecuteNonQueryAsync();
            });

        // The driver otherwise resets a session in eight statements before each request that takes it from the pool, and undoes the lines above, the
        // role of the second wall with them. Nothing here leaves anything behind in a session: no temporary table, no setting, and locks that are
        // given back by name.
        options.NoResetOnClose = true;

        // Postgres takes 100 by default; all of them for one instance would leave none for verbs, backups and a second instance.
        if (!Says("Maximum Pool Size") && !Says("MaxPoolSize")) options.MaxPoolSize = LargestPool;

        // A database that hangs accepts connections and says nothing. With the driver's 15 and 30 s, and the first of them once more
        // to cancel, a request would be held for longer than any daemon waits for its answer.
        if (!Says("Timeout")) options.Timeout = 5;
        if (!Says("Command Timeout")) options.CommandTimeout = 20;
        return builder;
    }
}
