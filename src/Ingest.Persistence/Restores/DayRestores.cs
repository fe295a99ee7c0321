using System.Text.Json.Nodes;
using Ingest.Domain;
using Ingest.Domain.Audit;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Identity;
using Ingest.Domain.Ledger;
using Ingest.Persistence.Audit;
using Ingest.Persistence.Envelopes;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Quarantine;
using Ingest.Persistence.Tenancy;
using Npgsql;

namespace Ingest.Persistence.Restores;

/// <summary>Puts back what a closed day held before a change: rows, ledger and the count of the device in one transaction, under the device's lock.</summary>
public sealed class DayRestores
{
    private const string Version = "SELECT bucket_day, rows_before FROM day_versions WHERE workspace_id = $1 AND device_id = $2 AND version_id = $3";

    private const string CountRows = "UPDATE devices SET rollup_rows = rollup_rows + $3, revision = gen_random_uuid() WHERE workspace_id = $1 AND device_id = $2";

    private readonly NpgsqlDataSource _database;
    private readonly TimeProvider _time;

    internal DayRestores(NpgsqlDataSource database, TimeProvider time) => (_database, _time) = (database, time);

    /// <param name="workspaceId">Whose device.</param>
    /// <param name="actor">Whose wish it is.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="versionId">The change before which the day held what it shall hold again.</param>
    /// <param name="attemptId">Names the restoration in what it writes.</param>
    /// <param name="cancellation">Ends the call, until the commit is sent.</param>
    /// <exception cref="StoreUnavailableException">Nothing was written, or nobody knows; asking again is safe.</exception>
    public async Task<RestoreResult> RestoreAsync(
        string workspaceId, Actor actor, string deviceId, Guid versionId, Guid attemptId, CancellationToken cancellation)
    {
        try
        {
            await using var connection = await _database.OpenConnectionAsync(cancellation);
            await using var transaction = await connection.BeginAsync(WorkspaceScope.Of(workspaceId), cancellation);
            if (await DeviceLock.TryTakeAsync(connection, workspaceId, deviceId, caller: null, cancellation) is not { } reference) return new RestoreResult.DeviceNotFound();
            if (await ReadVersionAsync(connection, workspaceId, deviceId, versionId, cancellation) is not var (day, rows)
                || await ReadDayAsync(connection, workspaceId, deviceId, day, cancellation) is not { } before)
                return new RestoreResult.ChangeNotFound();

            var stored = await ReadRowsAsync(connection, workspaceId, deviceId, day, cancellation);
            var now = _time.GetUtcNow();
            var restoration = DayRestoration.Of(before, stored, rows, now, attemptId);
            if (restoration.Fate == RestorationFate.Expired) return new RestoreResult.Expired(day);
            if (restoration.Change is not { } change)
                return new RestoreResult.Restored(new RestoredDay(deviceId, day, before.Totals, before.Totals, null, attemptId));

            var write = new DayWrite(workspaceId, deviceId, attemptId, now, change);
            await WriteAsync(connection, write, cancellation);
            var entry = new AuditEntry("device.day_restored", AuditSubject.Device(reference), Noted(day, before.Totals), Noted(day, change.After.Totals));
            await AuditTable.RecordAsync(connection, workspaceId, actor, now, entry, cancellation);
            await transaction.CommitAsync(CancellationToken.None);
            return new RestoreResult.Restored(new RestoredDay(deviceId, day, before.Totals, change.After.Totals, write.VersionId, attemptId));
        }
        catch (Exception failure) when (DatabaseFailure.Explains(failure))
        {
            throw new StoreUnavailableException("The database did not confirm the restoration; asking again is safe.", failure);
        }
    }

    /// <summary>As an operator asks, who stands above workspaces.</summary>
    /// <param name="workspaceId">The device's workspace; null where its id stands in one only.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="versionId">The change before which the day held what it shall hold again.</param>
    /// <param name="cancellation">Ends the call, until the commit is sent.</param>
    /// <exception cref="IdentityException">There is no such workspace, device or change, or several devices; or the day has expired.</exception>
    /// <exception cref="StoreUnavailableException">Nothing was written, or nobody knows; asking again is safe.</exception>
    public async Task<RestoredDay> RestoreAsOperatorAsync(string? workspaceId, string deviceId, Guid versionId, CancellationToken cancellation)
    {
        var (home, device) = await DatabaseFailure.AskedAsync(() => DeviceHome.FindAsync(_database, workspaceId, deviceId, cancellation));
        return await RestoreAsync(home, Actor.Operator, device, versionId, Guid.CreateVersion7(_time.GetUtcNow()), cancellation) switch
        {
            RestoreResult.Restored { Day: var day } => day,
            RestoreResult.Expired { Day: var day } => throw new IdentityException(
                $"{Day.ToText(day)} has expired: its rows were removed by age, and an expired day is not stored again."),
            _ => throw new IdentityException($"Device \"{device}\" of {home} has no change \"{versionId}\": GET /v1/ingest/changes lists those that are kept."),
        };
    }

    private static JsonObject Noted(DateOnly day, DayTotals sums) => new()
    {
        ["bucket_day"] = Day.ToText(day),
        ["rollup_rows"] = sums.Rows,
        ["message_count"] = sums.MessageCount,
        ["input_tokens"] = sums.InputTokens,
        ["output_tokens"] = sums.OutputTokens,
        ["cache_creation_tokens"] = sums.CacheCreationTokens,
        ["cache_read_tokens"] = sums.CacheReadTokens,
        ["cost_cents_ingested"] = Money.ToCents(sums.CostIngested),
        ["cost_cents_effective"] = Money.ToCents(sums.CostEffective),
    };

    private static async Task<(DateOnly Day, IReadOnlyList<DailyRollup> Rows)?> ReadVersionAsync(
        NpgsqlConnection connection, string workspaceId, string deviceId, Guid versionId, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Version, connection);
        AddDevice(command.Parameters, workspaceId, deviceId);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = versionId });
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) ? (row.GetFieldValue<DateOnly>(0), PackedRows.Unpack(row.GetString(1))) : null;
    }

    private static async Task<LedgerDay?> ReadDayAsync(
        NpgsqlConnection connection, string workspaceId, string deviceId, DateOnly day, CancellationToken cancellation)
    {
        await using var command = OfDay(LedgerRows.Days, connection, workspaceId, deviceId, day);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) ? LedgerRows.ReadDay(row, 1) : null;
    }

    private static async Task<List<StoredRollup>> ReadRowsAsync(
        NpgsqlConnection connection, string workspaceId, string deviceId, DateOnly day, CancellationToken cancellation)
    {
        await using var command = OfDay(LedgerRows.Rollups, connection, workspaceId, deviceId, day);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<StoredRollup>();
        while (await row.ReadAsync(cancellation)) rows.Add(LedgerRows.ReadRollup(row));
        rows.Sort(static (left, right) => left.Row.Key.CompareTo(right.Row.Key));
        return rows;
    }

    private static async Task WriteAsync(NpgsqlConnection connection, DayWrite write, CancellationToken cancellation)
    {
        await using var batch = new WriteBatch(connection);
        var count = new NpgsqlBatchCommand(CountRows);
        AddDevice(count.Parameters, write.WorkspaceId, write.DeviceId);
        count.Parameters.Add(new NpgsqlParameter<int> { TypedValue = write.Change.AddedRows });
        batch.Add(count, 1);
        DayTables.AddTo(batch, [write]);
        await batch.ExecuteAsync(cancellation);
    }

    private static NpgsqlCommand OfDay(string sql, NpgsqlConnection connection, string workspaceId, string deviceId, DateOnly day)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [0] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [workspaceId] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [deviceId] });
        command.Parameters.Add(new NpgsqlParameter<DateOnly[]> { TypedValue = [day] });
        return command;
    }

    private static void AddDevice(NpgsqlParameterCollection parameters, string workspaceId, string deviceId)
    {
        parameters.Add(new NpgsqlParameter<string> { TypedValue = workspaceId });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = deviceId });
    }
}
