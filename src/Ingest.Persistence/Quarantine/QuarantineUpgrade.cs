using Ingest.Domain.Quarantine;
using Ingest.Domain.Validation;
using Ingest.Persistence.Tenancy;
using Ingest.Persistence.Upkeep;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Ingest.Persistence.Quarantine;

/// <summary>After a start tries, once, every row that older rules have rejected: a version that learned a rule brings in what waited for it.</summary>
internal sealed partial class QuarantineUpgrade(NpgsqlDataSource database, QuarantineReplay replay, TimeProvider time, ILogger<QuarantineUpgrade> logger)
    : BackgroundService
{
    internal const int LargestBatch = 100;

    /// <summary>For the start itself, and for an instance of the version before that is being replaced by this one.</summary>
    internal static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(1);

    internal static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMinutes(5);

    private const string DevicesWithOlderRules = """
        SELECT DISTINCT workspace_id, device_id FROM quarantined_rows
        WHERE rules_version < $1 AND (workspace_id, device_id) > ($2, $3) ORDER BY workspace_id, device_id LIMIT $4
        """;

    /// <returns>What became of the rows, the results left out; null when another instance is at it.</returns>
    public async Task<ReplayResult?> RunOnceAsync(CancellationToken cancellation)
    {
        ReplayResult? result = null;
        await SoleInstance.TryRunAsync(database, "quarantine", async () => result = await ReplayAllAsync(cancellation), cancellation);
        return result;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RecurringWork.RunAsync(
        time,
        FirstPause,
        PauseAfterFailure,
        async stopping =>
        {
            if (await RunOnceAsync(stopping) is not { } result) return PauseAfterFailure;
            if (result is not { Replayed: 0, StillRejected: 0, Superseded: 0 }) Log.Replayed(logger, result.Replayed, result.StillRejected, result.Superseded);
            return null;
        },
        failure =>
        {
            if (DatabaseFailure.Explains(failure)) Log.NotReplayed(logger, DatabaseFailure.Reason(failure));
            else Log.Failed(logger, failure);
        },
        stoppingToken);

    private async Task<ReplayResult> ReplayAllAsync(CancellationToken cancellation)
    {
        var total = ReplayResult.Nothing;
        for (var after = (WorkspaceId: "", DeviceId: ""); ;)
        {
            var devices = await NextAsync(after, cancellation);
            foreach (var (workspaceId, deviceId) in devices)
            {
                try
                {
                    var all = new QuarantineSelection(deviceId, null, null);
                    if (await replay.RunAsync(workspaceId, all, wish: null, RowRules.Version, cancellation) is not { } result) continue;
                    total = new ReplayResult(total.Replayed + result.Replayed, total.StillRejected + result.StillRejected, total.Superseded + result.Superseded, []);
                }
                catch (Exception failure) when (failure is not OperationCanceledException && !DatabaseFailure.Explains(failure))
                {
                    // One device that cannot be helped must not keep the others from it.
                    Log.DeviceFailed(logger, workspaceId, deviceId, failure);
                }
            }

            if (devices.Count < LargestBatch) return total;
            after = devices[^1];
        }
    }

    private async Task<List<(string WorkspaceId, string DeviceId)>> NextAsync((string WorkspaceId, string DeviceId) after, CancellationToken cancellation)
    {
        await using var batch = new ScopedBatch(database, WorkspaceScope.All);
        var parameters = batch.Add(DevicesWithOlderRules);
        parameters.Add(new NpgsqlParameter<int> { TypedValue = RowRules.Version });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = after.WorkspaceId });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = after.DeviceId });
        parameters.Add(new NpgsqlParameter<int> { TypedValue = LargestBatch });
        await using var rows = await batch.ReadAsync(cancellation);
        var devices = new List<(string, string)>();
        while (await rows.ReadAsync(cancellation)) devices.Add((rows.GetString(0), rows.GetString(1)));
        return devices;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Rows that older rules had rejected: {Replayed} stored, {StillRejected} still rejected, {Superseded} superseded")]
        public static partial void Replayed(ILogger logger, int replayed, int stillRejected, int superseded);

        [LoggerMessage(LogLevel.Warning, "Rows that older rules had rejected could not be tried; tried again in five minutes: {Reason}")]
        public static partial void NotReplayed(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Error, "Rows that older rules had rejected could not be tried; tried again in five minutes")]
        public static partial void Failed(ILogger logger, Exception failure);

        [LoggerMessage(LogLevel.Error, "Rows of device {DeviceId} of workspace {WorkspaceId} that older rules had rejected could not be tried")]
        public static partial void DeviceFailed(ILogger logger, string workspaceId, string deviceId, Exception failure);
    }
}
