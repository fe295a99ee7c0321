using System.Diagnostics;
using System.Globalization;
using System.Text;
using Ingest.Persistence.Cluster;
using Ingest.Persistence.Migrations;
using Ingest.Persistence.Tenancy;
using Npgsql;

namespace Ingest.Persistence.Backups;

/// <summary>Takes backups of a database, beside running services, and restores them, with the tools of Postgres.</summary>
/// <param name="connectionString">An account that row-level security does not bind: a dump through it would be refused.</param>
/// <param name="binDirectory">The folder of the tools; null searches PATH and the usual install folders.</param>
/// <param name="time">The clock of what is restored.</param>
public sealed class DatabaseBackups(string connectionString, string? binDirectory, TimeProvider time)
{
    /// <summary>Longer than any statement of the service holds a table.</summary>
    private const string LockPatience = "60s";

    private const string Holdings = """
        SELECT to_regclass('public.schema_migrations') IS NOT NULL,
               (SELECT count(*) FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
                AND NOT EXISTS (SELECT FROM pg_depend AS e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e'))
        """;

    private const string Counts = "SELECT (SELECT count(*) FROM workspaces), (SELECT count(*) FROM devices), (SELECT max(last_attempt_at) FROM device_contacts)";

    /// <summary>The objects belong to whom the database belongs to, whoever restores them.</summary>
    private const string Owner = """
        SELECT quote_ident(r.rolname) FROM pg_database AS d JOIN pg_roles AS r ON r.oid = d.datdba
        WHERE d.datname = current_database() AND r.rolname <> current_user AND pg_has_role(current_user, r.oid, 'MEMBER')
        """;

    /// <summary>
    /// Everything of schema public but what belongs to an extension. Devices are locked first, as every envelope does: none is in the middle of its
    /// tables then.
    /// </summary>
    private const string Clear = """
        DO $$
        DECLARE
            found text;
        BEGIN
            IF to_regclass('public.devices') IS NOT NULL THEN LOCK TABLE public.devices IN ACCESS EXCLUSIVE MODE; END IF;
            SELECT string_agg(c.oid::regclass::text, ', ') INTO found FROM pg_class AS c
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
              AND NOT EXISTS (SELECT FROM pg_depend AS e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e');
            IF found IS NOT NULL THEN EXECUTE 'DROP TABLE ' || found || ' CASCADE'; END IF;
            FOR found IN SELECT p.oid::regprocedure::text FROM pg_proc AS p WHERE p.pronamespace = 'public'::regnamespace
              AND NOT EXISTS (SELECT FROM pg_depend AS e WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid AND e.deptype = 'e')
            LOOP EXECUTE 'DROP ROUTINE ' || found || ' CASCADE'; END LOOP;
            FOR found IN SELECT t.oid::regtype::text FROM pg_type AS t WHERE t.typnamespace = 'public'::regnamespace AND t.typtype = 'd'
              AND NOT EXISTS (SELECT FROM pg_depend AS e WHERE e.classid = 'pg_type'::regclass AND e.objid = t.oid AND e.deptype = 'e')
            LOOP EXECUTE 'DROP DOMAIN ' || found || ' CASCADE'; END LOOP;
        END
        $$;
        """;

    /// <returns>What the tools are, for people.</returns>
    /// <exception cref="BackupException">There are none that fit the database.</exception>
    public async Task<string> FindToolsAsync(CancellationToken cancellation)
    {
        await using var connection = await ConnectAsync(cancellation);
        return (await PostgresTools.FindAsync(binDirectory, connectionString, connection.PostgreSqlVersion.Major, cancellation)).ToString();
    }

    /// <summary>Writes one consistent state of the database into a file, which appears when it is whole.</summary>
    /// <param name="file">Readable for its owner only: it holds everything, and keys as hashes.</param>
    /// <param name="replace">Whether a file of this name may be replaced.</param>
    /// <param name="cancellation">Ends the call and removes what was written.</param>
    /// <exception cref="BackupException">It was not taken.</exception>
    public async Task<TakenBackup> TakeAsync(string file, bool replace, CancellationToken cancellation)
    {
        var path = Path.GetFullPath(file);
        if (File.Exists(path) && !replace) throw new BackupException($"{path} exists already. Give another name, or --replace.");

        await using var connection = await ConnectAsync(cancellation);
        if (!(await FindHoldingsAsync(connection, cancellation)).IsOurs)
            throw new BackupException("The database has no Ingest schema: there is nothing to back up.");
        var tools = await PostgresTools.FindAsync(binDirectory, connectionString, connection.PostgreSqlVersion.Major, cancellation);

        var (watch, begunAt, unfinished) = (Stopwatch.StartNew(), time.GetUtcNow(), path + ".unfinished");
        try
        {
            ClusterLayout.WriteSecret(unfinished, "");
            var dumped = await tools.DumpAsync(["--format=custom", $"--lock-wait-timeout={LockPatience}", $"--file={unfinished}"], cancellation);
            if (!dumped.Succeeded) throw new BackupException($"pg_dump failed, and no backup was taken: {dumped.Output}");
            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }

        return new TakenBackup(path, new FileInfo(path).Length, begunAt, Math.Round(watch.Elapsed.TotalSeconds, 1));
    }

    /// <summary>
    /// Puts what a backup holds into the database, in one transaction that also makes it safe to go on from: in maintenance, and every device asked for all
    /// it has. Before it is committed nobody sees anything of it; when it fails everything is as it was.
    /// </summary>
    /// <param name="file">As <see cref="TakeAsync"/> wrote it, or <c>pg_dump --format=custom</c>.</param>
    /// <param name="replace">Whether the database may hold data, which is lost.</param>
    /// <param name="cancellation">Ends the call, until it is committed.</param>
    /// <exception cref="BackupException">It was not restored.</exception>
    public async Task<RestoredBackup> RestoreAsync(string file, bool replace, CancellationToken cancellation)
    {
        var path = Path.GetFullPath(file);
        if (!File.Exists(path)) throw new BackupException($"There is no {path}.");

        await using var connection = await ConnectAsync(cancellation);
        await RefuseDataAsync(connection, replace, cancellation);
        var tools = await PostgresTools.FindAsync(binDirectory, connectionString, connection.PostgreSqlVersion.Major, cancellation);
        await RefuseForeignAsync(tools, path, cancellation);
        await RunAsync(tools, path, await OwnerAsync(connection, cancellation), cancellation);
        return await CountAsync(connection, cancellation);
    }

    /// <summary>For a database that was restored by other means: makes it safe to go on from.</summary>
    /// <exception cref="BackupException">It is not Ingest's.</exception>
    public async Task<RestoredBackup> MarkAsync(CancellationToken cancellation)
    {
        await using var connection = await ConnectAsync(cancellation);
        if (!(await FindHoldingsAsync(connection, cancellation)).IsOurs) throw new BackupException("The database has no Ingest schema: it is not restored yet.");
        await using (var transaction = await connection.BeginTransactionAsync(cancellation))
        {
            await using var command = new NpgsqlCommand(RestoreMark.Sql(time.GetUtcNow()), connection, transaction) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync(cancellation);
            await transaction.CommitAsync(cancellation);
        }

        return await CountAsync(connection, cancellation);
    }

    private async Task RunAsync(PostgresTools tools, string path, string? owner, CancellationToken cancellation)
    {
        using var client = tools.StartClient();
        var said = Task.WhenAll(client.StandardOutput.ReadToEndAsync(CancellationToken.None), client.StandardError.ReadToEndAsync(CancellationToken.None));
        string? failure = null;
        try
        {
            await SayAsync($"BEGIN; SET LOCAL lock_timeout = '{LockPatience}'; {(owner is null ? "" : $"SET LOCAL ROLE {owner};")}\n{Clear}\n");

            // The devices are marked before row-level security, indexes and triggers come: it binds nobody yet, and there is less to write.
            failure = await CopyAsync("--section=pre-data", "--section=data");
            if (failure is null)
            {
                await SayAsync($"SET LOCAL search_path = public;\n{RestoreMark.Sql(time.GetUtcNow())}\n");
                failure = await CopyAsync("--section=post-data");
            }

            // A client that reads no COMMIT leaves everything as it was. Who may do what is the matter of this server, not of the one the backup is of.
            if (failure is null) await SayAsync($"SET LOCAL search_path = public;\n{SecondWall.Equip};\nCOMMIT;\nANALYZE;\n");
            client.StandardInput.Close();
            await client.WaitForExitAsync(CancellationToken.None);
        }
        catch (IOException)
        {
            // It has ended before it had read everything, and says why.
            await client.WaitForExitAsync(CancellationToken.None);
        }
        catch
        {
            client.Kill();
            throw;
        }

        var words = string.Join('\n', await said).Trim();
        if (failure is not null || client.ExitCode != 0)
            throw new BackupException($"The backup was not restored, and the database is as it was: {failure ?? words}");

        async Task SayAsync(string sql)
        {
            await client.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(sql), cancellation);
            await client.StandardInput.BaseStream.FlushAsync(cancellation);
        }

        async Task<string?> CopyAsync(params string[] sections)
        {
            using var reader = tools.StartArchiveReader(["--file=-", "--no-owner", "--no-privileges", "--schema=public", .. sections, path]);
            reader.StandardInput.Close();
            var complaint = reader.StandardError.ReadToEndAsync(CancellationToken.None);
            try
            {
                await reader.StandardOutput.BaseStream.CopyToAsync(client.StandardInput.BaseStream, cancellation);
                await reader.WaitForExitAsync(cancellation);
                return reader.ExitCode == 0 ? null : (await complaint).Trim();
            }
            finally
            {
                if (!reader.HasExited) reader.Kill();
            }
        }
    }

    private async Task<NpgsqlConnection> ConnectAsync(CancellationToken cancellation)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellation);
            return connection;
        }
        catch (Exception failure) when (DatabaseFailure.Explains(failure))
        {
            await connection.DisposeAsync();
            throw new BackupException($"The database could not be asked: {DatabaseFailure.Reason(failure)}", failure);
        }
    }

    private static async Task RefuseDataAsync(NpgsqlConnection connection, bool replace, CancellationToken cancellation)
    {
        var (isOurs, tables) = await FindHoldingsAsync(connection, cancellation);
        if (!isOurs && tables > 0)
            throw new BackupException($"The database {connection.Database} holds {tables} tables that are not Ingest's. Restore into a database of its own.");
        if (!isOurs || replace) return;

        await using var command = new NpgsqlCommand(Counts, connection);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        if (row.GetInt64(0) == 0 && row.GetInt64(1) == 0) return;
        throw new BackupException(
            $"The database {connection.Database} holds data: {row.GetInt64(0)} workspaces and {row.GetInt64(1)} devices"
            + (row.IsDBNull(2) ? "" : $", the last of which was in contact at {row.GetDateTime(2):yyyy-MM-dd HH:mm'Z'}")
            + ". With --replace all of it is replaced by what the backup holds.");
    }

    /// <summary>A backup that this version could not serve is refused before anything is lost for it.</summary>
    private static async Task RefuseForeignAsync(PostgresTools tools, string path, CancellationToken cancellation)
    {
        var read = await tools.ReadArchiveAsync(["--file=-", "--data-only", "--schema=public", $"--table={Migrator.Table}", path], cancellation);
        if (!read.Succeeded) throw new BackupException($"{path} is no backup that can be read: {read.Output}");
        var applied = read.Output.Split('\n').Select(line => line.Split('\t')).Where(fields => fields.Length == 4)
            .Select(fields => new AppliedMigration(int.Parse(fields[0], CultureInfo.InvariantCulture), fields[1], Convert.FromHexString(fields[2].TrimStart('\\', 'x'))))
            .ToList();
        var state = Migrator.Compare(MigrationSet.Embedded, applied);
        if (state.Status == SchemaStatus.Empty) throw new BackupException($"{path} is no backup of an Ingest database.");
        if (state.Status is SchemaStatus.Ahead or SchemaStatus.Altered)
            throw new BackupException($"{path} was taken by another version of Ingest, with {string.Join(", ", state.Migrations)}: restore it with that version or a newer one.");
    }

    private static async Task<(bool IsOurs, long Tables)> FindHoldingsAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Holdings, connection);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        return (row.GetBoolean(0), row.GetInt64(1));
    }

    private static async Task<string?> OwnerAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Owner, connection);
        return await command.ExecuteScalarAsync(cancellation) as string;
    }

    private static async Task<RestoredBackup> CountAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Counts, connection);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        return new RestoredBackup((int)row.GetInt64(1), row.IsDBNull(2) ? null : new DateTimeOffset(row.GetDateTime(2)));
    }
}
