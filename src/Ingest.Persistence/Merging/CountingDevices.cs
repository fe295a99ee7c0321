using System.Text.Json.Nodes;
using Ingest.Domain.Identity;
using Ingest.Domain.Merging;
using Ingest.Persistence.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace Ingest.Persistence.Merging;

/// <summary>
/// Whose rows a list is made of, where several ids may be one device: of an id that was superseded none, and what stands under several ids of
/// one device once, as it was sent last.
/// </summary>
internal sealed class CountingDevices
{
    private readonly MergeMap _merges;

    /// <summary>Null: whatever the workspace has.</summary>
    private readonly string[]? _ids;

    private CountingDevices(MergeMap merges, IEnumerable<string>? ids) =>
        (_merges, _ids) = (merges, ids is null ? null : [.. ids.Where(id => merges.PlaceOf(id).Counts)]);

    /// <summary>Those the caller sees. Asked for by an id it had before, a device answers with what counts under that id.</summary>
    /// <param name="context">As <see cref="SnapshotReads"/> hands it out.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="deviceIds">These only, if there are any.</param>
    /// <param name="userIds">Those of these members only, if there are any.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>Null where the caller does not see one that is asked for.</returns>
    public static async Task<CountingDevices?> ReadAsync(IngestDbContext context, Caller caller, IReadOnlySet<string> deviceIds, IReadOnlySet<string> userIds, CancellationToken cancellation)
    {
        await using var decided = SnapshotReads.Command(context, MergeTable.Decided, new NpgsqlParameter<string> { TypedValue = caller.WorkspaceId });
        var merges = await MergeTable.ReadAsync(decided, cancellation);
        if (deviceIds.Count + userIds.Count == 0 && caller.SeesAllDevices) return new CountingDevices(merges, ids: null);

        var visible = context.DevicesVisibleTo(caller);
        if (deviceIds.Count > 0)
        {
            string[] asked = [.. deviceIds.SelectMany(id => merges.Of(id) is null ? merges.GroupOf(id) : [id]).Distinct(StringComparer.Ordinal)];
            visible = visible.Where(row => asked.Contains(row.DeviceId));
        }

        var found = await visible.Select(row => new { row.DeviceId, row.OwnerUserId }).ToListAsync(cancellation);
        if (!deviceIds.IsSubsetOf(found.Select(row => row.DeviceId))) return null;
        return new CountingDevices(merges, found.Where(row => userIds.Count == 0 || userIds.Contains(row.OwnerUserId.ToString("D"))).Select(row => row.DeviceId));
    }

    /// <summary>Leaves the rows that count.</summary>
    /// <param name="query">Over <paramref name="table"/> as <c>t</c>.</param>
    /// <param name="table">Whose rows name a device, and when they were sent.</param>
    /// <param name="key">The columns that name a row within its device.</param>
    public void Restrict(FilteredQuery query, string table, params ReadOnlySpan<string> key)
    {
        query.Where("t.device_id = ANY ({0})", _ids, NpgsqlDbType.Array | NpgsqlDbType.Text);
        if (!_merges.HasMerges) return;
        if (_ids is null) query.Where("t.device_id <> ALL ({0})", _merges.Merged.Where(id => !_merges.PlaceOf(id).Counts).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text);

        // Other ids are looked up by the row's own, and rows of a device with one id, which are most, ask for nothing.
        var others = Others();
        if (others.Count == 0) return;
        var same = string.Concat(key.ToArray().Select(column => $" AND o.{column} = t.{column}"));
        query.Where(
            $"""
             (NOT jsonb_exists({"{0}"}, t.device_id) OR NOT EXISTS (
                SELECT FROM {table} AS o
                WHERE o.workspace_id = t.workspace_id AND o.device_id = ANY (ARRAY(SELECT jsonb_array_elements_text({"{0}"} -> t.device_id))){same}
                  AND (o.sent_at, o.device_id) > (t.sent_at, t.device_id)))
             """,
            others.ToJsonString(),
            NpgsqlDbType.Jsonb);
    }

    /// <summary>Of each id whose rows are read, and that is not the only one of its device, the others.</summary>
    private JsonObject Others()
    {
        var others = new JsonObject();
        foreach (var id in _ids ?? _merges.Merged)
        {
            string[] rivals = [.. _merges.GroupOf(id).Where(other => other != id && _merges.PlaceOf(other).Counts)];
            if (rivals.Length > 0 && _merges.PlaceOf(id).Counts) others[id] = new JsonArray([.. rivals.Select(other => JsonValue.Create(other))]);
        }

        return others;
    }
}
