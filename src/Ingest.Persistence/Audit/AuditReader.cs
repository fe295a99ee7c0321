using System.Text.Json.Nodes;
using Ingest.Domain;
using Ingest.Domain.Audit;
using Ingest.Persistence.Envelopes;
using Ingest.Persistence.Tenancy;
using Npgsql;
using NpgsqlTypes;

namespace Ingest.Persistence.Audit;

internal sealed class AuditReader(NpgsqlDataSource database) : IAuditReader
{
    // A device that is still there is named by its id. Its entries do not lead to it by themselves: that is what lets it be forgotten.
    private const string Select = """
        SELECT a.workspace_id, a.entry_id, a.at, a.actor_kind, a.actor_name, a.actor_user_id, a.actor_key_id, a.actor_address,
               a.action, a.subject_kind, a.subject_id, a.subject_name, a.before, a.after, d.device_id
        FROM audit_log AS a
        LEFT JOIN devices AS d ON a.subject_kind = 'device' AND d.workspace_id = a.workspace_id AND d.reference::text = a.subject_id
        WHERE true
        """;

    public Task<AuditPage> ListAsync(string? workspaceId, AuditFilter filter, TimedPlace? after, int limit, CancellationToken cancellation) =>
        DatabaseFailure.AskedAsync(async () =>
        {
            await using var batch = new ScopedBatch(database, workspaceId is null ? WorkspaceScope.All : WorkspaceScope.Of(workspaceId));
            batch.Add(Query(workspaceId, filter, after, limit));
            await using var row = await batch.ReadAsync(cancellation);
            var entries = new List<RecordedEntry>();
            while (await row.ReadAsync(cancellation)) entries.Add(Read(row));
            return new AuditPage([.. entries.Take(limit)], entries.Count > limit);
        });

    private static FilteredQuery Query(string? workspaceId, AuditFilter filter, TimedPlace? after, int limit)
    {
        var query = new FilteredQuery(Select);
        query.Where("a.workspace_id = {0}", workspaceId, NpgsqlDbType.Text);
        query.Where("a.action = {0}", filter.Action, NpgsqlDbType.Text);
        query.Where("a.subject_kind = {0}", filter.SubjectKind, NpgsqlDbType.Text);
        query.Where("a.actor_user_id = {0}", filter.UserId, NpgsqlDbType.Uuid);
        query.Where("d.device_id = {0}", filter.DeviceId, NpgsqlDbType.Text);
        query.Where("a.at >= {0}", filter.From, NpgsqlDbType.TimestampTz);
        query.Where("a.at < {0}", filter.To, NpgsqlDbType.TimestampTz);
        if (after is { } place) query.Where($"(a.at, a.entry_id) < ({{0}}, {query.Value(place.Id, NpgsqlDbType.Uuid)})", place.At, NpgsqlDbType.TimestampTz);
        query.Append($" ORDER BY a.at DESC, a.entry_id DESC LIMIT {query.Value(limit + 1, NpgsqlDbType.Integer)}");
        return query;
    }

    private static RecordedEntry Read(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetGuid(1), row.GetFieldValue<DateTimeOffset>(2), ActorKindColumn.Read(row.GetString(3)), row.GetString(4),
        row.UuidAt(5), row.UuidAt(6), row.TextAt(7),
        new AuditEntry(row.GetString(8), new AuditSubject(row.GetString(9), row.GetString(10), row.TextAt(11)), JsonAt(row, 12), JsonAt(row, 13)),
        row.TextAt(14));

    private static JsonObject? JsonAt(NpgsqlDataReader row, int column) => row.TextAt(column) is { } text ? JsonNode.Parse(text)!.AsObject() : null;
}
