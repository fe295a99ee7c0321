using Ingest.Domain.Quarantine;
using Npgsql;
using NpgsqlTypes;

namespace Ingest.Persistence.Quarantine;

/// <summary>The statements that rows in quarantine are settled with, all under the lock of their device.</summary>
internal static class QuarantineTable
{
    private const string Selected = "workspace_id = $1 AND device_id = $2 AND ($3::uuid[] IS NULL OR id = ANY ($3)) AND ($4::text IS NULL OR code = $4)";

    private const string DeleteSelected = $"""
        WITH gone AS (DELETE FROM quarantined_rows WHERE {Selected} RETURNING 1)
        UPDATE devices SET quarantined_rows = quarantined_rows - (SELECT count(*) FROM gone) WHERE workspace_id = $1 AND device_id = $2
        RETURNING (SELECT count(*) FROM gone)
        """;

    /// <summary>An array, looked for once: told of a join, Postgres may look for the old ones again for every row there is, and the device is locked meanwhile.</summary>
    private const string DeleteOld = """
        WITH gone AS (
            DELETE FROM quarantined_rows WHERE workspace_id = $1 AND device_id = $2
              AND id = ANY (ARRAY(SELECT id FROM quarantined_rows WHERE workspace_id = $1 AND device_id = $2 AND received_at < $3 LIMIT $4))
            RETURNING 1)
        UPDATE devices SET quarantined_rows = quarantined_rows - (SELECT count(*) FROM gone) WHERE workspace_id = $1 AND device_id = $2
        RETURNING (SELECT count(*) FROM gone)
        """;

    private const string ReadSelected = $"""
        SELECT id, kind, path, raw, schema_version, clock_epoch, sent_at, attempt_id, received_at FROM quarantined_rows
        WHERE {Selected} AND id > $5 AND rules_version < $6 ORDER BY id LIMIT $7
        """;

    private const string RejectAgain = """
        UPDATE quarantined_rows AS t SET path = r.path, code = r.code, message = r.message, rules_version = $7
        FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[]) AS r (id, path, code, message)
        WHERE t.workspace_id = $1 AND t.device_id = $2 AND t.id = r.id
        """;

    /// <summary>Deletes what is selected and takes it off the device's count.</summary>
    public static NpgsqlCommand Delete(NpgsqlConnection connection, string workspaceId, QuarantineSelection selection) =>
        Select(DeleteSelected, connection, workspaceId, selection);

    /// <summary>The same with rows that came before an instant, some of them.</summary>
    public static NpgsqlCommand DeleteBefore(NpgsqlConnection connection, string workspaceId, string deviceId, DateTimeOffset before, int count) => new(DeleteOld, connection)
    {
        Parameters =
        {
            new NpgsqlParameter<string> { TypedValue = workspaceId },
            new NpgsqlParameter<string> { TypedValue = deviceId },
            new NpgsqlParameter<DateTime> { TypedValue = before.UtcDateTime },
            new NpgsqlParameter<int> { TypedValue = count },
        },
    };

    /// <summary>Reads the next rows that were rejected by rules older than <paramref name="rules"/>.</summary>
    public static NpgsqlCommand Read(NpgsqlConnection connection, string workspaceId, QuarantineSelection selection, Guid after, int rules, int count)
    {
        var command = Select(ReadSelected, connection, workspaceId, selection);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = rules });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = count });
        return command;
    }

    /// <summary>Notes that the rules of this version reject rows too, and why.</summary>
    public static NpgsqlCommand Reject(NpgsqlConnection connection, string workspaceId, string deviceId, IReadOnlyList<RejectedAgain> rows, int rules)
    {
        var command = new NpgsqlCommand(RejectAgain, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = workspaceId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = deviceId });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. rows.Select(row => row.Id)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. rows.Select(row => row.Path)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. rows.Select(row => row.Code)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. rows.Select(row => row.Message)] });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = rules });
        return command;
    }

    private static NpgsqlCommand Select(string sql, NpgsqlConnection connection, string workspaceId, QuarantineSelection selection)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = workspaceId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = selection.DeviceId });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)selection.Ids?.ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)selection.Code ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        return command;
    }
}
