using System.Text.Json.Nodes;
using Ingest.Domain;
using Ingest.Domain.Audit;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Identity;
using Ingest.Persistence.Audit;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Tenancy;
using Npgsql;

namespace Ingest.Persistence.Rewinds;

/// <summary>
/// Takes down which devices shall send again. Nothing is sent to a device: the write path tells each with the answer to one of its next
/// envelopes, at a bounded rate, so that asking all of them makes no fleet come at once.
/// </summary>
public sealed class RewindRequests
{
    private readonly NpgsqlDataSource _dataSource;
    private readonly TimeProvider _time;

    internal RewindRequests(NpgsqlDataSource dataSource, TimeProvider time) => (_dataSource, _time) = (dataSource, time);

    /// <param name="workspaceId">Whose devices.</param>
    /// <param name="actor">Whose wish it is.</param>
    /// <param name="deviceId">The one device; null is all of them.</param>
    /// <param name="from">From which day on; null is the beginning.</param>
    /// <param name="verify">Whether days are compared row by row, whatever their digests say.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>Null where there is no such device.</returns>
    /// <exception cref="StoreUnavailableException">The database could not be asked.</exception>
    public Task<RequestedRewinds?> RequestAsync(
        string workspaceId, Actor actor, string? deviceId, DateOnly? from, bool verify, CancellationToken cancellation) =>
        DatabaseFailure.AskedAsync(async () =>
        {
            var requested = await RecordAsync(workspaceId, actor, deviceId, from, verify, cancellation);
            return deviceId is not null && requested.Devices == 0 ? null : requested;
        });

    /// <summary>As an operator asks, who stands above workspaces.</summary>
    /// <param name="workspaceId">Only the devices of this workspace; null is every workspace.</param>
    /// <param name="deviceId">The one device, which must then stand in one workspace; null is all of them.</param>
    /// <param name="from">From which day on; null is the beginning.</param>
    /// <param name="verify">Whether days are compared row by row, whatever their digests say.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="IdentityException">There is no such workspace or device, or several.</exception>
    /// <exception cref="StoreUnavailableException">The database could not be asked.</exception>
    public Task<RequestedRewinds> RequestAsOperatorAsync(string? workspaceId, string? deviceId, DateOnly? from, bool verify, CancellationToken cancellation) =>
        DatabaseFailure.AskedAsync(async () =>
        {
            if (deviceId is not null)
            {
                var (home, id) = await DeviceHome.FindAsync(_dataSource, workspaceId, deviceId, cancellation);
                return await RecordAsync(home, Actor.Operator, id, from, verify, cancellation);
            }

            if (workspaceId is not null) await DeviceHome.CheckWorkspaceAsync(_dataSource, workspaceId, cancellation);
            return await RecordAsync(workspaceId, Actor.Operator, null, from, verify, cancellation);
        });

    private async Task<RequestedRewinds> RecordAsync(string? workspaceId, Actor actor, string? deviceId, DateOnly? from, bool verify, CancellationToken cancellation)
    {
        var day = from ?? Day.Earliest;
        await using var connection = await _dataSource.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginAsync(workspaceId is null ? WorkspaceScope.All : WorkspaceScope.Of(workspaceId), cancellation);
        await using var command = new NpgsqlCommand { Connection = connection };
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = day });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = verify });
        var which = new List<string>();
        foreach (var (column, value) in new[] { ("workspace_id", workspaceId), ("device_id", deviceId) })
        {
            if (value is null) continue;
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = value });
            which.Add($"{column} = ${command.Parameters.Count}");
        }

        // In key order, as envelopes lock them: two that each hold what the other wants would otherwise wait for ever.
        command.CommandText = $"""
            WITH asked AS (
                SELECT workspace_id, device_id FROM devices {(which.Count == 0 ? "" : "WHERE " + string.Join(" AND ", which))}
                ORDER BY workspace_id, device_id FOR NO KEY UPDATE
            )
            UPDATE devices AS d SET requested_from = least(d.requested_from, $1), requested_verify = d.requested_verify OR $2
            FROM asked JOIN workspaces AS w ON w.workspace_id = asked.workspace_id
            WHERE d.workspace_id = asked.workspace_id AND d.device_id = asked.device_id
            RETURNING d.requested_from, d.requested_verify, d.workspace_id, w.name, d.reference
            """;

        var asked = new List<Asked>();
        await using (var row = await command.ExecuteReaderAsync(cancellation))
        {
            while (await row.ReadAsync(cancellation))
                asked.Add(new Asked(row.GetFieldValue<DateOnly>(0), row.GetBoolean(1), row.GetString(2), row.GetString(3), row.GetGuid(4)));
        }

        foreach (var ofWorkspace in asked.GroupBy(device => (device.WorkspaceId, device.WorkspaceName)))
        {
            var subject = deviceId is null ? AuditSubject.Workspace(ofWorkspace.Key.WorkspaceId, ofWorkspace.Key.WorkspaceName) : AuditSubject.Device(ofWorkspace.Single().Reference);
            var after = new JsonObject { ["from"] = Day.ToText(day), ["verify"] = verify, ["devices"] = ofWorkspace.Count() };
            var entry = new AuditEntry("device.rewind_requested", subject, After: after);
            await AuditTable.RecordAsync(connection, ofWorkspace.Key.WorkspaceId, actor, _time.GetUtcNow(), entry, cancellation);
        }

        await transaction.CommitAsync(cancellation);

        // Requests that wait become one: what is answered is what will be asked of the device, or of the one that goes back furthest.
        return new RequestedRewinds(asked.Count, asked.Select(device => device.From).Append(day).Min(), verify || asked.Exists(device => device.Verify));
    }

    private sealed record Asked(DateOnly From, bool Verify, string WorkspaceId, string WorkspaceName, Guid Reference);
}
