using Ingest.Domain;
using Ingest.Persistence.Envelopes;
using Ingest.Persistence.Merging;
using Ingest.Persistence.Tenancy;
using Npgsql;

namespace Ingest.Persistence.Backups;

/// <summary>Tells which devices have not come back since a backup was restored.</summary>
public sealed class MissingDevices
{
    /// <summary>A workspace, or null for all. Nobody waits for a device that was revoked, or for an id of which nothing counts.</summary>
    private const string Missing = MergeTable.WithUncounted + """
        SELECT d.workspace_id, d.device_id, d.label, d.restored_at, d.restored_through, c.last_attempt_at,
               d.requested_from IS NOT NULL, d.rewind_from IS NOT NULL, d.verify_from IS NOT NULL, d.continues_after
        FROM devices AS d
        LEFT JOIN device_contacts AS c ON c.workspace_id = d.workspace_id AND c.device_id = d.device_id
        WHERE d.restored_at IS NOT NULL AND d.standing <> 'revoked' AND ($1::text IS NULL OR d.workspace_id = $1)
          AND NOT EXISTS (SELECT FROM uncounted AS u WHERE u.workspace_id = d.workspace_id AND u.device_id = d.device_id)
        ORDER BY d.workspace_id, d.device_id
        """;

    private readonly NpgsqlDataSource _database;

    internal MissingDevices(NpgsqlDataSource database) => _database = database;

    /// <exception cref="StoreUnavailableException">The database could not be asked.</exception>
    public Task<IReadOnlyList<MissingDevice>> ListAsync(string? workspaceId, CancellationToken cancellation) =>
        DatabaseFailure.AskedAsync<IReadOnlyList<MissingDevice>>(async () =>
        {
            await using var batch = new ScopedBatch(_database, workspaceId is null ? WorkspaceScope.All : WorkspaceScope.Of(workspaceId));
            batch.Add(Missing).Add(new NpgsqlParameter<string?> { TypedValue = workspaceId, DataTypeName = "text" });
            await using var row = await batch.ReadAsync(cancellation);
            var missing = new List<MissingDevice>();
            while (await row.ReadAsync(cancellation))
            {
                var (restoredAt, contactAt) = (row.InstantAt(3)!.Value, row.InstantAt(5));
                var stage = row.GetBoolean(8) ? MissingStage.Sending
                    : row.GetBoolean(7) ? MissingStage.Asked
                    : contactAt > restoredAt ? MissingStage.Waiting
                    : MissingStage.Away;
                missing.Add(new MissingDevice(
                    row.GetString(0), row.GetString(1), row.TextAt(2), restoredAt, row.DayAt(4), contactAt, stage, stage == MissingStage.Sending ? row.DayAt(9) : null));
            }

            return missing;
        });
}
