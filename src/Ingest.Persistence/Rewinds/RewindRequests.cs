using Ingest.Domain;
using Ingest.Domain.Envelopes;
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

    internal RewindRequests(NpgsqlDataSource dataSource) => _dataSource = dataSource;

    /// <param name="workspaceId">Whose devices.</param>
    /// <param name="deviceId">The one device; null is all of them.</param>
    /// <param name="from">From which day on; null is the beginning.</param>
    /// <param name="verify">Whether days are compared row by row, whatever their digests say.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>Null where there is no such device.</returns>
    /// <exception cref="StoreUnavailableException">The database could not be asked.</exception>
    public Task<RequestedRewinds?> RequestAsync(string workspaceId, string? deviceId, DateOnly? from, bool verify, CancellationToken cancellation) =>
        DatabaseFailure.AskedAsync(async () =>
        {
            var requested = await RecordAsync(workspaceId, deviceId, from, verify, cancellation);
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
                return await RecordAsync(home, id, from, verify, cancellation);
            }

            if (workspaceId is not null) await DeviceHome.CheckWorkspaceAsync(_dataSource, workspaceId, cancellation);
            return await RecordAsync(workspaceId, null, from, verify, cancellation);
        });

    private async Task<RequestedRewinds> RecordAsync(string? workspaceId, string? deviceId, DateOnly? from, bool verify, CancellationToken cancellation)
    {
        var day = from ?? Day.Earliest;
        var command = new NpgsqlBatchCommand();
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
            FROM asked WHERE d.workspace_id = asked.workspace_id AND d.device_id = asked.device_id
            RETURNING d.requested_from, d.requested_verify
            """;

        // Requests that wait become one: what is answered is what will be asked of the device, or of the one that goes back furthest.
        var devices = 0;
        await using var batch = new ScopedBatch(_dataSource, workspaceId is null ? WorkspaceScope.All : WorkspaceScope.Of(workspaceId));
        batch.Add(command);
        await using var rows = await batch.ReadAsync(cancellation);
        while (await rows.ReadAsync(cancellation))
        {
            devices++;
            if (rows.GetFieldValue<DateOnly>(0) < day) day = rows.GetFieldValue<DateOnly>(0);
            verify |= rows.GetBoolean(1);
        }

        return new RequestedRewinds(devices, day, verify);
    }
}
