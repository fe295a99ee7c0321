using Ingest.Domain.Identity;
using Ingest.Domain.Ledger;
using Npgsql;

namespace Ingest.Persistence.Envelopes;

/// <summary>
/// Writes envelopes of distinct devices in one transaction, in three round trips: the devices are locked in key order (their locks serialise each device)
/// and everything is read, everything is written, everything is committed.
/// </summary>
internal sealed class EnvelopeTransaction(NpgsqlConnection connection, StoreLimits limits)
{
    private const string LockWorkspace = "SELECT workspace_id FROM workspaces WHERE workspace_id = $1 FOR NO KEY UPDATE";

    private const string CountDevices = "SELECT count(*) FROM devices WHERE workspace_id = $1 AND standing <> 'revoked'";

    private const string WasDeleted = "SELECT 1 FROM deleted_devices WHERE workspace_id = $1 AND device_hash = $2";

    private const string RegisterDevice = """
        INSERT INTO devices (workspace_id, device_id, owner_user_id, first_contact_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (workspace_id, device_id) DO NOTHING
        """;

    private const string ReleaseQuarantined = "DELETE FROM quarantined_rows WHERE workspace_id = $1 AND device_id = $2 AND id = ANY ($3)";

    /// <summary>
    /// Decides and writes what it can without waiting for a lock: one device that somebody holds would keep all others waiting. An envelope that must be
    /// refused gets its <see cref="EnvelopeWork.Refusal"/> and writes nothing.
    /// </summary>
    /// <param name="works">At most one envelope of a device.</param>
    /// <param name="cancellation">Ends the call, until the commit is sent.</param>
    /// <returns>Those that were dealt with. Left are devices that somebody else holds, and those at their first contact: they go with their envelope when it is refused.</returns>
    public async Task<IReadOnlyList<EnvelopeWork>> RunAsync(IReadOnlyList<EnvelopeWork> works, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, cancellation);
        await StoredStateReader.ReadAsync(connection, works, DeviceLocks.IfFree, cancellation);
        works = [.. works.Where(work => work.Stored.Device.IsRegistered)];
        await FinishAsync(transaction, works, cancellation);
        return works;
    }

    /// <summary>Decides and writes one envelope, waits for its device and registers it where need be.</summary>
    public async Task RunAloneAsync(EnvelopeWork work, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, cancellation);
        await StoredStateReader.ReadAsync(connection, [work], DeviceLocks.Wait, cancellation);
        if (!work.Stored.Device.IsRegistered)
        {
            if (!await TryRegisterAsync(work, cancellation)) return;
            await StoredStateReader.ReadAsync(connection, [work], DeviceLocks.Wait, cancellation);
        }

        await FinishAsync(transaction, [work], cancellation);
    }

    private async Task FinishAsync(NpgsqlTransaction transaction, IReadOnlyList<EnvelopeWork> works, CancellationToken cancellation)
    {
        works = [.. works.Where(work => !work.RefuseByStanding())];
        foreach (var work in works) work.Observe(limits.Ledger);
        await DecideAsync(connection, works, limits.Ledger, cancellation);

        var writing = new List<EnvelopeWork>(works.Count);
        foreach (var work in works)
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

        if (writing.Count == 0) return;
        await WriteAsync(connection, writing, cancellation);

        // From here on nobody's patience counts: a commit that was sent is waited for.
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
    public static async Task WriteAsync(NpgsqlConnection connection, IReadOnlyList<EnvelopeWork> works, CancellationToken cancellation)
    {
        await using var batch = new WriteBatch(connection);
        batch.Add(DeviceTable.Update(works), works.Count);
        foreach (var work in works.Where(work => work.Plan!.Released.Count > 0)) batch.Add(Release(work));
        DayTables.AddTo(batch, [.. works.SelectMany(work => work.Plan!.Days.Select(work.Write))]);
        EnvelopeTables.Sessions.AddTo(batch, [.. works.SelectMany(work => work.Plan!.Sessions.Select(session => (work, session)))]);
        EnvelopeTables.Windows.AddTo(batch, [.. works.SelectMany(work => work.Plan!.Windows.Select(window => (work, window)))]);
        EnvelopeTables.Quarantine.AddTo(batch, [.. works.SelectMany(work => work.Plan!.Quarantine.Select(row => (work, row)))]);
        EnvelopeTables.Rewinds.AddTo(batch, [.. works.SelectMany(RewindsOf)]);
        await batch.ExecuteAsync(cancellation);
    }

    /// <summary>First contacts of a workspace queue up behind its row: sixteen at once make one device, and the cap is exact.</summary>
    private async Task<bool> TryRegisterAsync(EnvelopeWork work, CancellationToken cancellation)
    {
        await ExecuteAsync(LockWorkspace, cancellation, new NpgsqlParameter<string> { TypedValue = work.WorkspaceId });

        // While this transaction waited, another one may have registered the device.
        await StoredStateReader.ReadAsync(connection, [work], DeviceLocks.Wait, cancellation);
        if (work.Stored.Device.IsRegistered) return true;
        if (await WasDeletedAsync(work, cancellation))
        {
            work.Refusal = new StoreResult.DeviceDeleted();
            return false;
        }

        if (limits.DevicesPerWorkspace > 0 && await CountDevicesAsync(work.WorkspaceId, cancellation) >= limits.DevicesPerWorkspace)
        {
            work.Refusal = new StoreResult.DeviceCapReached(limits.DevicesPerWorkspace);
            return false;
        }

        await ExecuteAsync(
            RegisterDevice,
            cancellation,
            new NpgsqlParameter<string> { TypedValue = work.WorkspaceId },
            new NpgsqlParameter<string> { TypedValue = work.DeviceId },
            new NpgsqlParameter<Guid> { TypedValue = work.Received.Caller.UserId },
            new NpgsqlParameter<DateTime> { TypedValue = work.Received.ReceivedAt.UtcDateTime });
        return true;
    }

    private async Task<bool> WasDeletedAsync(EnvelopeWork work, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(WasDeleted, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = work.WorkspaceId },
                new NpgsqlParameter<byte[]> { TypedValue = DeletedDevice.HashOf(work.WorkspaceId, work.DeviceId) },
            },
        };
        return await command.ExecuteScalarAsync(cancellation) is not null;
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

    private static IEnumerable<(EnvelopeWork, Rewind, EndedRewind?)> RewindsOf(EnvelopeWork work)
    {
        foreach (var ended in work.Plan!.EndedRewinds) yield return (work, ended.Rewind, ended);
        if (work.Plan.Device.Progress.Rewind is { } pending && pending != work.Stored.Device.Progress.Rewind) yield return (work, pending, null);
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
