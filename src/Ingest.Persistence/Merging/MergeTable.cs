using Ingest.Domain.Merging;
using Npgsql;

namespace Ingest.Persistence.Merging;

/// <summary>What was decided about the ids of a workspace, as it is stored.</summary>
internal static class MergeTable
{
    /// <summary>As <see cref="ReadAsync"/> takes it: merges, and then pairs that are two.</summary>
    public const string Decided = """
        SELECT device_id, into_device_id, kind FROM device_merges WHERE workspace_id = $1
        UNION ALL
        SELECT device_id, other_device_id, NULL FROM distinct_devices WHERE workspace_id = $1
        """;

    /// <summary>
    /// Begins a statement over all workspaces it may see: the ids of which nothing counts, as <see cref="MergeMap"/> has it. No circle keeps it from ending.
    /// </summary>
    public const string WithUncounted = """
        WITH RECURSIVE uncounted AS (
            SELECT workspace_id, device_id FROM device_merges WHERE kind = 'supersede'
            UNION
            SELECT m.workspace_id, m.device_id FROM device_merges AS m JOIN uncounted AS u ON u.workspace_id = m.workspace_id AND u.device_id = m.into_device_id
        )

        """;

    public const string Merge = """
        INSERT INTO device_merges (workspace_id, device_id, into_device_id, kind, merged_at, merged_by) VALUES ($1, $2, $3, $4, $5, $6)
        """;

    public const string Undo = "DELETE FROM device_merges WHERE workspace_id = $1 AND device_id = $2";

    public const string Declare = """
        INSERT INTO distinct_devices (workspace_id, device_id, other_device_id, decided_at, decided_by) VALUES ($1, $2, $3, $4, $5)
        """;

    public const string Withdraw = "DELETE FROM distinct_devices WHERE workspace_id = $1 AND device_id = $2 AND other_device_id = $3";

    public static async Task<MergeMap> ReadAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var merges = new List<DeviceMerge>();
        var distinct = new List<DevicePair>();
        while (await row.ReadAsync(cancellation))
        {
            var (id, other) = (row.GetString(0), row.GetString(1));
            if (await row.IsDBNullAsync(2, cancellation)) distinct.Add(new DevicePair(id, other));
            else merges.Add(new DeviceMerge(id, other, MergeKinds.Parse(row.GetString(2))));
        }

        return merges.Count + distinct.Count == 0 ? MergeMap.Empty : new MergeMap(merges, distinct);
    }
}
