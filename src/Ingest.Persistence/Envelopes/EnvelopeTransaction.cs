using Ingest.Domain.Ledger;
using Npgsql;

namespace Ingest.Persistence.Envelopes;

/// <summary>
/// Writes envelopes of distinct devices in one transaction: the device rows first (their locks serialise each device), then keys in order.
/// </summary>
internal sealed class EnvelopeTransaction(NpgsqlConnection connection, StoreLimits limits)
{
    private const string LockWorkspaces = "SELECT workspace_id FROM workspaces WHERE workspace_id = ANY ($1) ORDER BY workspace_id FOR NO KEY UPDATE";

    private const string CountDevices = "SELECT count(*) FROM devices WHERE workspace_id = $1";

    private const string RegisterDevice = """
        INSERT INTO devices (workspace_id, device_id, owner_user_id, first_contact_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (workspace_id, device_id) DO NOTHING
        """;

    private const string UpdateDevice = """
        UPDATE devices SET label = $3, clock_epoch = $4, confirmed_day = $5, quarantined_rows = $6
        WHERE workspace_id = $1 AND device_id = $2
        """;

    private const string ReleaseQuarantined = "DELETE FROM quarantined_rows WHERE workspace_id = $1 AND device_id = $2 AND id = ANY ($3)";

    /// <summary>Decides and writes; an envelope that must be refused gets its <see cref="EnvelopeWork.Refusal"/> and writes nothing.</summary>
    /// <param name="works">At most one envelope of a device, in the order of their devices.</param>
    /// <param name="observe">Takes in the stamp of an envelope, once its device is locked.</param>
    public async Task RunAsync(IReadOnlyList<EnvelopeWork> works, Action<EnvelopeWork> observe, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, cancellation);
        await StoredStateReader.LockDevicesAsync(connection, works, cancellation);
        var usable = works;
        if (works.Any(work => !work.Stored.Device.IsRegistered))
        {
            await RegisterAsync(works, cancellation);
            usable = [.. works.Where(work => work.Refusal is null)];
        }

        await StoredStateReader.ReadRowsAsync(connection, usable, cancellation);
        var writing = new List<EnvelopeWork>(usable.Count);
        foreach (var work in usable)
        {
            observe(work);
            var plan = work.Plan = EnvelopePlanner.Plan(
                work.Received.Envelope, work.Stored, work.Clock, work.IsLate, work.Received.ReceivedAt, limits.Ledger.GraceDays);
            if (plan.NewlyQuarantined > 0 && plan.Device.QuarantinedRows > limits.QuarantinedRows)
            {
                work.Refusal = new StoreResult.QuarantineFull(limits.QuarantinedRows);
            }
            else if (!plan.WritesNothing)
            {
                writing.Add(work);
            }
        }

        // A device that was registered for an envelope that is refused after all goes with the rollback of this transaction, when it is alone in it.
        if (writing.Count == 0)
        {
            await transaction.RollbackAsync(cancellation);
            return;
        }

        await using (var batch = new NpgsqlBatch(connection))
        {
            AddWrites(batch, writing);
            await batch.ExecuteNonQueryAsync(cancellation);
        }

        // From here on the client's patience no longer counts: a commit that was sent is waited for.
        await transaction.CommitAsync(CancellationToken.None);
    }

    /// <summary>First contacts of a workspace queue up behind its row: sixteen at once make one device, and the cap is exact.</summary>
    private async Task RegisterAsync(IReadOnlyList<EnvelopeWork> works, CancellationToken cancellation)
    {
        var unknown = works.Where(work => !work.Stored.Device.IsRegistered).ToList();
        var workspaces = unknown.Select(work => work.WorkspaceId).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        await ExecuteAsync(LockWorkspaces, cancellation, new NpgsqlParameter<string[]> { TypedValue = workspaces });

        // While this transaction waited, another one may have registered the device.
        await StoredStateReader.LockDevicesAsync(connection, works, cancellation);
        foreach (var work in unknown.Where(work => !work.Stored.Device.IsRegistered))
        {
            if (limits.DevicesPerWorkspace > 0 && await CountDevicesAsync(work.WorkspaceId, cancellation) >= limits.DevicesPerWorkspace)
            {
                work.Refusal = new StoreResult.DeviceCapReached(limits.DevicesPerWorkspace);
                continue;
            }

            await ExecuteAsync(
                RegisterDevice,
                cancellation,
                new NpgsqlParameter<string> { TypedValue = work.WorkspaceId },
                new NpgsqlParameter<string> { TypedValue = work.DeviceId },
                new NpgsqlParameter<Guid> { TypedValue = work.Received.Caller.UserId },
                new NpgsqlParameter<DateTime> { TypedValue = work.Received.ReceivedAt.UtcDateTime });
        }
    }

    private async Task<long> CountDevicesAsync(string workspaceId, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(CountDevices, connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = workspaceId } } };
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellation, params NpgsqlParameter[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static void AddWrites(NpgsqlBatch batch, List<EnvelopeWork> works)
    {
        foreach (var work in works.Where(work => work.Plan!.DeviceChanges)) batch.BatchCommands.Add(DeviceUpdate(work));
        foreach (var work in works.Where(work => work.Plan!.Released.Count > 0)) batch.BatchCommands.Add(Release(work));
        Add(batch, EnvelopeTables.DailyRollups, works, AllRollups);
        Add(batch, EnvelopeTables.DeviceDays, works, work => work.Plan!.Days.Select(day => new EnvelopeTables.DayRow(work, day.Snapshot, day.Before)));
        Add(batch, EnvelopeTables.Sessions, works, work => work.Plan!.Sessions.Select(session => (work, session)));
        Add(batch, EnvelopeTables.Windows, works, work => work.Plan!.Windows.Select(window => (work, window)));
        Add(batch, EnvelopeTables.Quarantine, works, work => work.Plan!.Quarantine.Select(row => (work, row)));
    }

    private static IEnumerable<(EnvelopeWork, Domain.Envelopes.DailyRollup)> AllRollups(EnvelopeWork work)
    {
        foreach (var (snapshot, _) in work.Plan!.Days)
        {
            for (var i = 0; i < snapshot.Rows.Length; i++) yield return (work, snapshot.Rows.Span[i]);
        }
    }

    private static void Add<TRow>(NpgsqlBatch batch, BulkUpsert<TRow> table, List<EnvelopeWork> works, Func<EnvelopeWork, IEnumerable<TRow>> rowsOf)
    {
        var rows = works.SelectMany(rowsOf).ToList();
        if (rows.Count > 0) batch.BatchCommands.Add(table.CommandFor(rows));
    }

    private static NpgsqlBatchCommand Release(EnvelopeWork work)
    {
        var command = new NpgsqlBatchCommand(ReleaseQuarantined);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = work.WorkspaceId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = work.DeviceId });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. work.Plan!.Released] });
        return command;
    }

    private static NpgsqlBatchCommand DeviceUpdate(EnvelopeWork work)
    {
        var device = work.Plan!.Device;
        var command = new NpgsqlBatchCommand(UpdateDevice);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = work.WorkspaceId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = work.DeviceId });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = device.Label });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = device.ClockEpoch });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)device.ConfirmedDay ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Date });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = device.QuarantinedRows });
        return command;
    }
}
