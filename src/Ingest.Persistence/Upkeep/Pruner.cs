using Ingest.Persistence.Quarantine;
using Ingest.Persistence.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using static Ingest.Persistence.Parameters;

namespace Ingest.Persistence.Upkeep;

/// <summary>
/// Removes what is older, or more, than is kept: in small statements, each committed by itself, so that it holds no lock for long and a run
/// that is cut off has still done its part.
/// </summary>
internal sealed partial class Pruner(NpgsqlDataSource database, RetentionPolicy policy, TimeProvider time, ILogger<Pruner> logger) : BackgroundService
{
    /// <summary>Written into the statements: of a number it is told later Postgres expects a tenth of the table, and reads the whole table for it.</summary>
    internal const int LargestBatch = 2_000;

    /// <summary>Of a day's rows, which are much larger than an attempt.</summary>
    internal const int LargestVersionBatch = 200;

    /// <summary>Under the lock of their device, whose envelopes wait meanwhile: for a few milliseconds.</summary>
    internal const int LargestQuarantineBatch = 200;

    /// <summary>Long enough for a start, and for the wave of envelopes that waited for it.</summary>
    internal static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(5);

    internal static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>Attempts are written behind, by instances whose clocks differ.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromHours(1);

    /// <summary>Workspace by workspace, as the indexes of attempts are: one over the age alone would be paid for with every envelope.</summary>
    private const string NextWorkspace = "SELECT workspace_id FROM sync_attempts WHERE workspace_id > $1 ORDER BY workspace_id LIMIT 1";

    /// <summary>A row that stands for equal attempts is as old as the last of them.</summary>
    private static readonly string OldAttempts = $"""
        DELETE FROM sync_attempts AS t USING (
            SELECT device_id, received_at, attempt_id FROM sync_attempts
            WHERE workspace_id = $1 AND received_at < $2 AND last_received_at < $2 ORDER BY received_at LIMIT {LargestBatch}) AS old
        WHERE t.workspace_id = $1 AND t.device_id = old.device_id AND t.received_at = old.received_at AND t.attempt_id = old.attempt_id
          AND t.last_received_at < $2
        """;

    private static readonly string AttemptsBeyond = $"""
        DELETE FROM sync_attempts AS t USING (
            SELECT received_at, attempt_id FROM sync_attempts
            WHERE workspace_id = $1 AND device_id = $2 AND (received_at, attempt_id) <= ($3, $4) ORDER BY received_at, attempt_id LIMIT {LargestBatch}) AS old
        WHERE t.workspace_id = $1 AND t.device_id = $2 AND t.received_at = old.received_at AND t.attempt_id = old.attempt_id
        """;

    private static readonly string OldChanges = $"""
        DELETE FROM day_versions AS t USING (
            SELECT workspace_id, device_id, bucket_day, changed_at, version_id FROM day_versions WHERE changed_at < $1 ORDER BY changed_at LIMIT {LargestVersionBatch}) AS old
        WHERE t.workspace_id = old.workspace_id AND t.device_id = old.device_id AND t.bucket_day = old.bucket_day
          AND t.changed_at = old.changed_at AND t.version_id = old.version_id
        """;

    private static readonly string VersionsBeyond = $"""
        DELETE FROM day_versions WHERE workspace_id = $1 AND device_id = $2 AND bucket_day = $3 AND (changed_at, version_id) <= ($4, $5)
          AND version_id = ANY (ARRAY(
            SELECT version_id FROM day_versions
            WHERE workspace_id = $1 AND device_id = $2 AND bucket_day = $3 AND (changed_at, version_id) <= ($4, $5) ORDER BY changed_at, version_id LIMIT {LargestVersionBatch}))
        """;

    private const string DeviceWithOldRows = "SELECT workspace_id, device_id FROM quarantined_rows WHERE received_at < $1 ORDER BY received_at LIMIT 1";

    private static readonly string OldRewinds = $"""
        DELETE FROM device_rewinds AS t USING (SELECT workspace_id, device_id, since FROM device_rewinds WHERE ended_at < $1 LIMIT {LargestBatch}) AS old
        WHERE t.workspace_id = old.workspace_id AND t.device_id = old.device_id AND t.since = old.since
        """;

    private static readonly string EndedSessions = $"""
        DELETE FROM page_sessions AS t USING (SELECT workspace_id, session_id FROM page_sessions WHERE expires_at <= $1 ORDER BY expires_at LIMIT {LargestBatch}) AS old
        WHERE t.workspace_id = old.workspace_id AND t.session_id = old.session_id
        """;

    private static readonly string EndedLinks = $"""
        DELETE FROM sign_in_links AS t USING (SELECT workspace_id, link_id FROM sign_in_links WHERE expires_at <= $1 ORDER BY expires_at LIMIT {LargestBatch}) AS old
        WHERE t.workspace_id = old.workspace_id AND t.link_id = old.link_id
        """;

    /// <summary>When the last whole run of this process began.</summary>
    private DateTimeOffset _countedUpTo = DateTimeOffset.UnixEpoch;

    /// <returns>What was removed; null when another instance is at it.</returns>
    public async Task<PrunedRows?> RunOnceAsync(CancellationToken cancellation)
    {
        PrunedRows? pruned = null;
        await SoleInstance.TryRunAsync(database, "upkeep", async () => pruned = await PruneAsync(cancellation), cancellation);
        return pruned;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RecurringWork.RunAsync(
        time,
        FirstPause,
        Interval,
        async stopping =>
        {
            if (await RunOnceAsync(stopping) is { IsNone: false } pruned) Log.Pruned(logger, pruned.Attempts, pruned.Changes, pruned.Rewinds, pruned.Quarantined, pruned.SignIns);
            return Interval;
        },
        failure =>
        {
            if (DatabaseFailure.Explains(failure)) Log.NotPruned(logger, DatabaseFailure.Reason(failure));
            else Log.Failed(logger, failure);
        },
        stoppingToken);

    private async Task<PrunedRows> PruneAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var attempts = 0;
        for (var after = ""; await WorkspaceAfterAsync(after, cancellation) is { } workspace; after = workspace)
        {
            attempts += await DeleteInBatchesAsync(WorkspaceScope.Of(workspace), OldAttempts, [() => Text(workspace), () => Instant(now.AddDays(-policy.AttemptDays))], cancellation);
            attempts += await DeleteBeyondAsync(workspace, cancellation);
        }

        var changes = await DeleteInBatchesAsync(WorkspaceScope.All, OldChanges, [() => Instant(now.AddDays(-policy.ChangeDays))], cancellation, LargestVersionBatch);
        changes += await DeleteVersionsBeyondAsync(cancellation);
        var quarantined = await DeleteQuarantinedAsync(now.AddDays(-policy.QuarantineDays), cancellation);
        var rewinds = await DeleteInBatchesAsync(WorkspaceScope.All, OldRewinds, [() => Instant(now.AddDays(-RetentionPolicy.RewindDays))], cancellation);
        _countedUpTo = now;
        var signIns = await DeleteInBatchesAsync(WorkspaceScope.All, EndedSessions, [() => Instant(now)], cancellation);
        signIns += await DeleteInBatchesAsync(WorkspaceScope.All, EndedLinks, [() => Instant(now)], cancellation);
        return new PrunedRows(attempts, changes, rewinds, quarantined, signIns);
    }

    private async Task<string?> WorkspaceAfterAsync(string workspaceId, CancellationToken cancellation)
    {
        await using var batch = new ScopedBatch(database, WorkspaceScope.All);
        batch.Add(NextWorkspace).Add(Text(workspaceId));
        return await batch.ReadValueAsync(cancellation) as string;
    }

    /// <summary>
    /// Only devices that have added attempts can have come to hold too many: each is asked for the first one beyond, from the end of its index.
    /// The time stands in the statement: of one that it is told later Postgres expects a third of the table.
    /// </summary>
    private static string DevicesWithTooMany(DateTimeOffset since) => $"""
        SELECT d.device_id, beyond.received_at, beyond.attempt_id
        FROM (SELECT DISTINCT device_id FROM sync_attempts WHERE workspace_id = $1 AND received_at >= '{since.UtcDateTime:O}') AS d
        CROSS JOIN LATERAL (
            SELECT received_at, attempt_id FROM sync_attempts AS t WHERE t.workspace_id = $1 AND t.device_id = d.device_id
            ORDER BY received_at DESC, attempt_id DESC OFFSET {RetentionPolicy.AttemptsPerDevice} LIMIT 1) AS beyond
        """;

    private async Task<int> DeleteBeyondAsync(string workspaceId, CancellationToken cancellation)
    {
        var devices = new List<(string DeviceId, DateTime ReceivedAt, Guid AttemptId)>();
        await using (var batch = new ScopedBatch(database, WorkspaceScope.Of(workspaceId)))
        {
            batch.Add(DevicesWithTooMany(_countedUpTo - Overlap)).Add(Text(workspaceId));
            await using var rows = await batch.ReadAsync(cancellation);
            while (await rows.ReadAsync(cancellation)) devices.Add((rows.GetString(0), rows.GetDateTime(1), rows.GetGuid(2)));
        }

        var deleted = 0;
        foreach (var device in devices)
        {
            deleted += await DeleteInBatchesAsync(
                WorkspaceScope.Of(workspaceId),
                AttemptsBeyond,
                [
                    () => Text(workspaceId),
                    () => Text(device.DeviceId),
                    () => new NpgsqlParameter<DateTime> { TypedValue = device.ReceivedAt },
                    () => Id(device.AttemptId),
                ],
                cancellation);
        }

        return deleted;
    }

    /// <summary>The same with days that have changed: each is asked for the first version beyond.</summary>
    private static string DaysWithTooMany(DateTimeOffset since) => $"""
        SELECT d.workspace_id, d.device_id, d.bucket_day, beyond.changed_at, beyond.version_id
        FROM (SELECT DISTINCT workspace_id, device_id, bucket_day FROM day_versions WHERE changed_at >= '{since.UtcDateTime:O}') AS d
        CROSS JOIN LATERAL (
            SELECT changed_at, version_id FROM day_versions AS t WHERE t.workspace_id = d.workspace_id AND t.device_id = d.device_id AND t.bucket_day = d.bucket_day
            ORDER BY changed_at DESC, version_id DESC OFFSET {RetentionPolicy.VersionsPerDay} LIMIT 1) AS beyond
        """;

    private async Task<int> DeleteVersionsBeyondAsync(CancellationToken cancellation)
    {
        var days = new List<(string WorkspaceId, string DeviceId, DateOnly Day, DateTime ChangedAt, Guid VersionId)>();
        await using (var batch = new ScopedBatch(database, WorkspaceScope.All))
        {
            batch.Add(DaysWithTooMany(_countedUpTo - Overlap));
            await using var rows = await batch.ReadAsync(cancellation);
            while (await rows.ReadAsync(cancellation))
                days.Add((rows.GetString(0), rows.GetString(1), rows.GetFieldValue<DateOnly>(2), rows.GetDateTime(3), rows.GetGuid(4)));
        }

        var deleted = 0;
        foreach (var day in days)
        {
            deleted += await DeleteInBatchesAsync(
                WorkspaceScope.Of(day.WorkspaceId),
                VersionsBeyond,
                [
                    () => Text(day.WorkspaceId),
                    () => Text(day.DeviceId),
                    () => new NpgsqlParameter<DateOnly> { TypedValue = day.Day },
                    () => new NpgsqlParameter<DateTime> { TypedValue = day.ChangedAt },
                    () => Id(day.VersionId),
                ],
                cancellation,
                LargestVersionBatch);
        }

        return deleted;
    }

    /// <summary>Device by device, under its lock: the device counts its rows, and an envelope may be adding some.</summary>
    private async Task<int> DeleteQuarantinedAsync(DateTimeOffset before, CancellationToken cancellation)
    {
        var deleted = 0;
        while (await DeviceBeforeAsync(before, cancellation) is var (workspaceId, deviceId))
        {
            await using var connection = await database.OpenConnectionAsync(cancellation);
            await using var transaction = await connection.BeginAsync(WorkspaceScope.Of(workspaceId), cancellation);
            await DeviceLock.TryTakeAsync(connection, workspaceId, deviceId, caller: null, cancellation);
            await using var command = QuarantineTable.DeleteBefore(connection, workspaceId, deviceId, before, LargestQuarantineBatch);
            var batch = (int)(await command.ExecuteScalarAsync(cancellation) as long? ?? 0);
            await transaction.CommitAsync(CancellationToken.None);

            // Somebody has settled them meanwhile; and rows of no device, which there are none of, would be found for ever.
            if (batch == 0) return deleted;
            deleted += batch;
        }

        return deleted;
    }

    private async Task<(string WorkspaceId, string DeviceId)?> DeviceBeforeAsync(DateTimeOffset before, CancellationToken cancellation)
    {
        await using var batch = new ScopedBatch(database, WorkspaceScope.All);
        batch.Add(DeviceWithOldRows).Add(Instant(before));
        await using var row = await batch.ReadAsync(cancellation);
        return await row.ReadAsync(cancellation) ? (row.GetString(0), row.GetString(1)) : null;
    }

    /// <param name="scope">Whose rows.</param>
    /// <param name="sql">Removes one batch.</param>
    /// <param name="parameters">Made anew for each batch.</param>
    /// <param name="cancellation">Ends the call between two batches.</param>
    /// <param name="largest">Rows of a whole batch.</param>
    private async Task<int> DeleteInBatchesAsync(
        WorkspaceScope scope, string sql, Func<NpgsqlParameter>[] parameters, CancellationToken cancellation, int largest = LargestBatch)
    {
        var deleted = 0;
        while (true)
        {
            await using var batch = new ScopedBatch(database, scope);
            var given = batch.Add(sql);
            foreach (var parameter in parameters) given.Add(parameter());
            var removed = await batch.ExecuteAsync(cancellation);
            deleted += removed;
            if (removed < largest) return deleted;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Removed what is no longer kept: {Attempts} attempts, {Changes} earlier versions of days, {Rewinds} rewinds, {Quarantined} quarantined rows, {SignIns} sessions and links of the pages")]
        public static partial void Pruned(ILogger logger, int attempts, int changes, int rewinds, int quarantined, int signIns);

        [LoggerMessage(LogLevel.Warning, "What is no longer kept could not be removed; tried again within the hour: {Reason}")]
        public static partial void NotPruned(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Error, "What is no longer kept could not be removed; tried again within the hour")]
        public static partial void Failed(ILogger logger, Exception failure);
    }
}
