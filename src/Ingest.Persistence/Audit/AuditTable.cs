using System.Text.Json.Nodes;
using Ingest.Domain.Audit;
using Ingest.Domain.Identity;
using Npgsql;
using NpgsqlTypes;

namespace Ingest.Persistence.Audit;

/// <summary>Writes into the audit log, in the transaction of what was done: what is rolled back was not done.</summary>
internal static class AuditTable
{
    private const string Insert = """
        INSERT INTO audit_log (workspace_id, at, entry_id, actor_kind, actor_name, actor_user_id, actor_key_id, actor_address,
                               action, subject_kind, subject_id, subject_name, before, after)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        """;

    /// <param name="connection">With the transaction of what was done.</param>
    /// <param name="workspaceId">Where it was done.</param>
    /// <param name="actor">By whom.</param>
    /// <param name="at">When.</param>
    /// <param name="entry">What.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>The entry's id.</returns>
    public static async Task<Guid> RecordAsync(
        NpgsqlConnection connection, string workspaceId, Actor actor, DateTimeOffset at, AuditEntry entry, CancellationToken cancellation)
    {
        var entryId = Guid.CreateVersion7(at);
        await using var command = new NpgsqlCommand(Insert, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = workspaceId });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = at.UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = entryId });
        command.Parameters.Add(Text(ActorKindColumn.Write(actor.Kind)));
        command.Parameters.Add(Text(actor.Name));
        command.Parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = actor.UserId, DataTypeName = "uuid" });
        command.Parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = actor.KeyId, DataTypeName = "uuid" });
        command.Parameters.Add(Text(actor.Address));
        command.Parameters.Add(Text(entry.Action));
        command.Parameters.Add(Text(entry.Subject.Kind));
        command.Parameters.Add(Text(entry.Subject.Id));
        command.Parameters.Add(Text(entry.Subject.Name));
        command.Parameters.Add(Json(entry.Before));
        command.Parameters.Add(Json(entry.After));
        await command.ExecuteNonQueryAsync(cancellation);
        return entryId;
    }

    private static NpgsqlParameter Text(string? value) => new() { NpgsqlDbType = NpgsqlDbType.Text, Value = (object?)value ?? DBNull.Value };

    private static NpgsqlParameter Json(JsonObject? value) => new() { NpgsqlDbType = NpgsqlDbType.Jsonb, Value = (object?)value?.ToJsonString() ?? DBNull.Value };
}
