using Ingest.Domain;
using Ingest.Persistence.Envelopes;
using Ingest.Persistence.Merging;
using Ingest.Persistence.Migrations;
using Ingest.Persistence.Tenancy;
using Npgsql;

namespace Ingest.Persistence.Examination;

/// <summary>Asks a database what its operator should know, and changes nothing.</summary>
public sealed class DatabaseExamination
{
    private const string Facts = """
        SELECT current_setting('server_version'), current_setting('server_version_num')::int / 10000, pg_encoding_to_char(d.encoding),
               (SELECT rolsuper FROM pg_roles WHERE rolname = current_user), pg_database_size(d.oid), clock_timestamp()
        FROM pg_database AS d WHERE d.datname = current_database()
        """;

    private const string Server = $"""
        {MergeTable.WithUncounted}
        SELECT (SELECT count(*) FROM api_keys WHERE revoked_at IS NULL), (SELECT maintenance_since FROM server_state),
               (SELECT count(*) FROM devices), (SELECT count(*) FROM devices AS d WHERE d.restored_at IS NOT NULL AND d.standing <> 'revoked' AND NOT EXISTS (
                   SELECT FROM uncounted AS u WHERE u.workspace_id = d.workspace_id AND u.device_id = d.device_id)),
               EXISTS (SELECT FROM pg_roles WHERE rolname = '{SecondWall.Role}' AND pg_has_role(oid, 'MEMBER') AND has_table_privilege(oid, 'daily_rollups', 'SELECT'))
        """;

    private readonly NpgsqlDataSource _database;
    private readonly TimeProvider _time;

    internal DatabaseExamination(NpgsqlDataSource database, TimeProvider time) => (_database, _time) = (database, time);

    /// <exception cref="StoreUnavailableException">The database could not be asked.</exception>
    public Task<DatabaseFacts> ExamineAsync(CancellationToken cancellation) => DatabaseFailure.AskedAsync(async () =>
    {
        await using var connection = await _database.OpenConnectionAsync(cancellation);
        var before = _time.GetUtcNow();
        DatabaseFacts facts;
        await using (var command = new NpgsqlCommand(Facts, connection))
        await using (var row = await command.ExecuteReaderAsync(cancellation))
        {
            await row.ReadAsync(cancellation);
            var here = before + ((_time.GetUtcNow() - before) / 2);
            facts = new DatabaseFacts
            {
                Version = row.GetString(0).Split(' ')[0],
                Major = row.GetInt32(1),
                Encoding = row.GetString(2),
                IsSuperuser = row.GetBoolean(3),
                Bytes = row.GetInt64(4),
                ClockAhead = row.InstantAt(5)!.Value - here,
                Schema = await Migrator.GetStateAsync(_database, cancellation),
                Server = null,
            };
        }

        if (facts.Schema.Status != SchemaStatus.Current) return facts;
        await using (var command = new NpgsqlCommand(Server, connection))
        await using (var row = await command.ExecuteReaderAsync(cancellation))
        {
            await row.ReadAsync(cancellation);
            return facts with { Server = new ServerFacts(row.GetInt64(0), row.InstantAt(1), row.GetInt64(2), row.GetInt64(3), row.GetBoolean(4)) };
        }
    });
}
