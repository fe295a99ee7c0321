using Ingest.Persistence.Tenancy;
using Npgsql;
using NpgsqlTypes;

namespace Ingest.Persistence.Migrations;

/// <summary>Brings a database to the schema of this program; any number of instances may try at once.</summary>
public static class Migrator
{
    /// <summary>Any number that no other user of the database's advisory locks takes.</summary>
    private const long AdvisoryLock = 0x1469_6E67_6573_7401;

    internal const string Table = "schema_migrations";

    private const string CreateTable = $"""
        CREATE TABLE IF NOT EXISTS {Table} (
            version    integer PRIMARY KEY,
            name       text NOT NULL,
            checksum   bytea NOT NULL,
            applied_at timestamptz NOT NULL
        )
        """;

    /// <summary>Applies what is missing, each migration in a transaction of its own, and returns the names of what it applied.</summary>
    /// <exception cref="MigrationException">An applied migration has changed, a newer program migrated the database, or it has another encoding than UTF-8.</exception>
    public static Task<IReadOnlyList<string>> MigrateAsync(
        NpgsqlDataSource dataSource, TimeProvider? time = null, CancellationToken cancellation = default) =>
        MigrateAsync(dataSource, MigrationSet.Embedded, time, cancellation);

    /// <summary>Compares without changing anything; an empty database is a state, not an error.</summary>
    public static Task<SchemaState> GetStateAsync(NpgsqlDataSource dataSource, CancellationToken cancellation = default) =>
        GetStateAsync(dataSource, MigrationSet.Embedded, cancellation);

    internal static async Task<IReadOnlyList<string>> MigrateAsync(
        NpgsqlDataSource dataSource, MigrationSet migrations, TimeProvider? time, CancellationToken cancellation)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellation);

        // Held by the session over all the transactions: a second migrator waits here, however long, and then finds nothing to do.
        await ExecuteAsync(connection, null, $"SELECT pg_advisory_lock({AdvisoryLock})", cancellation);
        try
        {
            await RefuseOtherEncodingsAsync(connection, cancellation);
            await ExecuteAsync(connection, null, CreateTable, cancellation);
            var state = Compare(migrations, await ReadAppliedAsync(connection, cancellation));
            if (state.Status == SchemaStatus.Altered)
            {
                throw new MigrationException(
                    $"Migration {state.Migrations[0]}.sql was applied to this database with another text. " +
                    "Applied migrations never change: restore the file, and put the change into a new one.");
            }

            if (state.Status == SchemaStatus.Ahead)
            {
                throw new MigrationException(
                    $"The database was migrated by a newer Ingest ({string.Join(", ", state.Migrations)}). Run that version or a newer one.");
            }

            foreach (var migration in migrations.All.Where(migration => state.Migrations.Contains(migration.Name, StringComparer.Ordinal)))
                await ApplyAsync(connection, migration, time ?? TimeProvider.System, cancellation);
            await SecondWall.EquipAsync(connection, cancellation);
            return state.Migrations;
        }
        finally
        {
            // The connection may have broken; then the server has let go of the lock already.
            if (connection.State == System.Data.ConnectionState.Open)
                await ExecuteAsync(connection, null, $"SELECT pg_advisory_unlock({AdvisoryLock})", CancellationToken.None);
        }
    }

    internal static async Task<SchemaState> GetStateAsync(NpgsqlDataSource dataSource, MigrationSet migrations, CancellationToken cancellation)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellation);
        await using var table = new NpgsqlCommand($"SELECT to_regclass('{Table}') IS NOT NULL", connection);
        return await table.ExecuteScalarAsync(cancellation) is true
            ? Compare(migrations, await ReadAppliedAsync(connection, cancellation))
            : Compare(migrations, []);
    }

    internal static SchemaState Compare(MigrationSet migrations, IReadOnlyList<AppliedMigration> applied)
    {
        var known = migrations.All.ToDictionary(migration => migration.Version);
        var altered = applied
            .Where(one => known.TryGetValue(one.Version, out var mine) && !mine.Checksum.AsSpan().SequenceEqual(one.Checksum))
            .Select(one => known[one.Version].Name).ToList();
        if (altered.Count > 0)
            return new SchemaState(SchemaStatus.Altered, altered);

        var unknown = applied.Where(one => !known.ContainsKey(one.Version)).Select(one => one.Name).ToList();
        if (unknown.Count > 0)
            return new SchemaState(SchemaStatus.Ahead, unknown);

        var present = applied.Select(one => one.Version).ToHashSet();
        var missing = migrations.All.Where(migration => !present.Contains(migration.Version)).Select(migration => migration.Name).ToList();
        return new SchemaState(
            missing.Count == 0 ? SchemaStatus.Current : applied.Count == 0 ? SchemaStatus.Empty : SchemaStatus.Behind,
            missing);
    }

    /// <summary>Keys are compared byte by byte, here and there: another encoding has other bytes, and so another order.</summary>
    private static async Task RefuseOtherEncodingsAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()", connection);
        if (await command.ExecuteScalarAsync(cancellation) is string encoding and not "UTF8")
            throw new MigrationException($"The database has the encoding {encoding}; Ingest needs one with UTF8: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0.");
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, Migration migration, TimeProvider time, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        try
        {
            await ExecuteAsync(connection, transaction, migration.Sql, cancellation);
        }
        catch (PostgresException cause)
        {
            throw new MigrationException($"Migration {migration.Name}.sql failed and left nothing behind: {cause.MessageText}", cause);
        }

        const string record = $"INSERT INTO {Table} (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)";
        await using var command = new NpgsqlCommand(record, connection, transaction)
        {
            Parameters =
            {
                new NpgsqlParameter<int> { TypedValue = migration.Version },
                new NpgsqlParameter<string> { TypedValue = migration.Name },
                new NpgsqlParameter<byte[]> { TypedValue = migration.Checksum },
                new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow(), NpgsqlDbType = NpgsqlDbType.TimestampTz },
            },
        };
        await command.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private static async Task<IReadOnlyList<AppliedMigration>> ReadAppliedAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"SELECT version, name, checksum FROM {Table} ORDER BY version", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var applied = new List<AppliedMigration>();
        while (await reader.ReadAsync(cancellation))
            applied.Add(new AppliedMigration(reader.GetInt32(0), reader.GetString(1), reader.GetFieldValue<byte[]>(2)));
        return applied;
    }

    private static async Task ExecuteAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string sql, CancellationToken cancellation)
    {
        // Waiting for another migrator and rewriting a large table both outlast any timeout meant for queries.
        await using var command = new NpgsqlCommand(sql, connection, transaction) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
