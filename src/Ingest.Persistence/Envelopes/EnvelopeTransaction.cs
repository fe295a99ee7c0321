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
        foreach (var work in usable) observe(work);
        await DecideAsync(connection, usable, limits.Ledger, cancellation);

        var writing = new List<EnvelopeWork>(usable.Count);
        foreach (var work in usable)
        {
            if (work.Plan!.NewlyQuarantined > 0 && work.Plan.Device.QuarantinedRows > limits.QuarantinedRows)
            {
                work.Refusal = new StoreResult.QuarantineFull(limits.QuarantinedRows);
            }
            else if (!work.Plan.WritesNothing)
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

        await WriteAsync(connection, writing, cancellation);

        // From here on the client's patience no longer counts: a commit that was sent is waited for.
        await transaction.CommitAsync(CancellationToken.None);
    }

    /// <summary>Decides on what was read, and reads the rows of days that cannot be judged without them.</summary>
    public static async Task DecideAsync(NpgsqlConnection connection, IReadOnlyList<EnvelopeWork> works, LedgerPolicy policy, CancellationToken cancellation)
    {
        foreach (var work in works) work.Decide(policy);
        var unread = works.Where(work => work.Plan!.Unread.Count > 0).ToList();
        if (unread.Count == 0) return;
        await StoredStateReader.ReadUnreadAsync(connection, unread, cancellation);
        foreach (var work in unread) work.Decide(policy);
    }

    /// <summary>Writes what was decided, in one round trip.</summary>
    public static async Task WriteAsync(NpgsqlConnection connection, List<EnvelopeWork> works, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        AddWrites(batch, works);
        await batch.ExecuteNonQueryAsync(cancellation);
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
        var devices = works.Where(work => work.Plan!.DeviceChanges).ToList();
        if (devices.Count > 0) batch.BatchCommands.Add(DeviceTable.Update(devices));
        foreach (var work in works.Where(work => work.Plan!.Released.Count > 0)) batch.BatchCommands.Add(Release(work));
        DayTables.AddWrites(batch, [.. works.SelectMany(work => work.Plan!.Days.Select(day => work.Write(day)))]);
        Add(batch, EnvelopeTables.Sessions, works, work => work.Plan!.Sessions.Select(session => (work, session)));
        Add(batch, EnvelopeTables.Windows, works, work => work.Plan!.Windows.Select(window => (work, window)));
        Add(batch, EnvelopeTables.Quarantine, works, work => work.Plan!.Quarantine.Select(row => (work, row)));
        Add(batch, EnvelopeTables.Rewinds, works, RewindsOf);
    }

    private static IEnumerable<(EnvelopeWork, Rewind, EndedRewind?)> RewindsOf(EnvelopeWork work)
    {
        foreach (var ended in work.Plan!.EndedRewinds) yield return (work, ended.Rewind, ended);
        if (work.Plan.Device.Progress.Rewind is { } pending && pending != work.Stored.Device.Progress.Rewind) yield return (work, pending, null);
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
}
