using System.Text.Json.Nodes;
using Ingest.Domain;
using Ingest.Domain.Audit;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Identity;
using Ingest.Domain.Ledger;
using Ingest.Domain.Merging;
using Ingest.Persistence.Envelopes;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Tenancy;
using Ingest.Persistence.Workspaces;
using Npgsql;
using static Ingest.Persistence.Parameters;

namespace Ingest.Persistence.Merging;

/// <summary>What people decide about the ids of their devices. It touches no row of any device.</summary>
public sealed class MergeStore
{
    private const string References = "SELECT device_id, reference FROM devices WHERE workspace_id = $1 AND device_id = ANY ($2) ORDER BY device_id";

    /// <summary>A device that is being deleted is waited for, and is not there any more then: no decision outlives it.</summary>
    private const string KeptReferences = References + " FOR KEY SHARE";

    private const string Days = """
        SELECT device_id, bucket_day, received_at, expired_at IS NOT NULL, rollup_rows, message_count, input_tokens, output_tokens, cache_creation_tokens,
               cache_read_tokens, cost_ingested, cost_effective
        FROM device_days WHERE workspace_id = $1 AND device_id = ANY ($2)
        """;

    private const string Others = """
        SELECT coalesce(sum(message_count), 0), coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0), coalesce(sum(cache_creation_tokens), 0),
               coalesce(sum(cache_read_tokens), 0), coalesce(sum(cost_ingested), 0), coalesce(sum(cost_effective), 0)
        FROM device_days WHERE workspace_id = $1 AND device_id <> ALL ($2) AND expired_at IS NULL
        """;

    private readonly IdentityTransactions _transactions;

    internal MergeStore(IdentityTransactions transactions) => _transactions = transactions;

    /// <summary>What a merge would do.</summary>
    /// <exception cref="IdentityException">It cannot be done, or there is no such device.</exception>
    /// <exception cref="StoreUnavailableException">The database could not be asked.</exception>
    public Task<MergePreview> PreviewAsync(string workspaceId, DeviceMerge merge, CancellationToken cancellation) => InWorkspaceAsync(
        workspaceId,
        async transaction =>
        {
            await ReferencesAsync(transaction, References, workspaceId, [merge.DeviceId, merge.IntoDeviceId], cancellation);
            return await PreviewAsync(transaction, workspaceId, merge, cancellation);
        },
        cancellation);

    /// <summary>Merges.</summary>
    /// <param name="workspaceId">Whose devices.</param>
    /// <param name="actor">Who decides.</param>
    /// <param name="merge">What.</param>
    /// <param name="isExpected">Whether this is what was decided on.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="IdentityException">It cannot be done, or would do something else than the preview said.</exception>
    /// <exception cref="StoreUnavailableException">The database could not be asked, or nobody knows whether it was done.</exception>
    public Task<MergePreview> MergeAsync(string workspaceId, Actor actor, DeviceMerge merge, Func<MergePreview, bool> isExpected, CancellationToken cancellation) => InWorkspaceAsync(
        workspaceId,
        async transaction =>
        {
            // Decisions of a workspace are taken one after the other: two at once could make a circle.
            await WorkspaceTable.LockAsync(transaction, workspaceId, cancellation);
            var references = await ReferencesAsync(transaction, KeptReferences, workspaceId, [merge.DeviceId, merge.IntoDeviceId], cancellation);
            var preview = await PreviewAsync(transaction, workspaceId, merge, cancellation);
            if (!isExpected(preview))
                throw new IdentityException(IdentityRefusal.Changed, "What this would do has changed since the preview: data came in, or somebody decided something. Ask for the preview again.");

            await using var insert = transaction.Command(
                MergeTable.Merge, Text(workspaceId), Text(merge.DeviceId), Text(merge.IntoDeviceId), Text(merge.Kind.WireName()), Instant(transaction.Now), Text(actor.Name));
            await insert.ExecuteNonQueryAsync(cancellation);
            var entry = new AuditEntry(
                merge.Kind == MergeKind.Continue ? "device.continued" : "device.superseded",
                AuditSubject.Device(references[merge.DeviceId]),
                new JsonObject { ["sums"] = Noted(preview.Sums.GroupBefore) },
                new JsonObject { ["into"] = references[merge.IntoDeviceId].ToString("D"), ["sums"] = Noted(preview.Sums.GroupAfter) });
            await transaction.RecordAsync(workspaceId, actor, entry, cancellation);
            return preview;
        },
        cancellation);

    /// <summary>Takes a merge back: every sum is as it would be without it.</summary>
    /// <exception cref="IdentityException">The device is not merged into another, or there is none.</exception>
    /// <exception cref="StoreUnavailableException">The database could not be asked, or nobody knows whether it was done.</exception>
    public Task<UndoneMerge> UndoAsync(string workspaceId, Actor actor, string deviceId, CancellationToken cancellation) => InWorkspaceAsync(
        workspaceId,
        async transaction =>
        {
            await WorkspaceTable.LockAsync(transaction, workspaceId, cancellation);
            await ReferencesAsync(transaction, References, workspaceId, [deviceId], cancellation);
            var decided = await DecidedAsync(transaction, workspaceId, cancellation);
            var merge = decided.Of(deviceId) ?? throw new IdentityException(IdentityRefusal.Conflict, $"Device \"{deviceId}\" is not merged into another one; there is nothing to undo.");
            var (days, others) = await HeldAsync(transaction, workspaceId, decided.Merged, cancellation);
            var sums = MergeSums.Of(days, others, decided.GroupOf(deviceId).ToHashSet(StringComparer.Ordinal), decided, decided.Without(merge));
            var references = await ReferencesAsync(transaction, References, workspaceId, [deviceId, merge.IntoDeviceId], cancellation);

            await using var undo = transaction.Command(MergeTable.Undo, Text(workspaceId), Text(deviceId));
            await undo.ExecuteNonQueryAsync(cancellation);
            var entry = new AuditEntry(
                "device.merge_undone",
                AuditSubject.Device(references[deviceId]),
                new JsonObject { ["into"] = references[merge.IntoDeviceId].ToString("D"), ["as"] = merge.Kind.WireName(), ["sums"] = Noted(sums.GroupBefore) },
                new JsonObject { ["sums"] = Noted(sums.GroupAfter) });
            await transaction.RecordAsync(workspaceId, actor, entry, cancellation);
            return new UndoneMerge(merge, sums);
        },
        cancellation);

    /// <summary>Says that two devices are two, whatever they have in common. Said again it changes nothing.</summary>
    /// <returns>Whether it was new.</returns>
    /// <exception cref="IdentityException">They are merged, or one of them is not there.</exception>
    /// <exception cref="StoreUnavailableException">The database could not be asked, or nobody knows whether it was done.</exception>
    public Task<bool> DeclareDistinctAsync(string workspaceId, Actor actor, DevicePair pair, CancellationToken cancellation) => InWorkspaceAsync(
        workspaceId,
        async transaction =>
        {
            if (pair.DeviceId == pair.OtherDeviceId) throw new IdentityException(IdentityRefusal.Invalid, "These are one id, not two.");
            var (references, decided) = await BeginAsync(transaction, workspaceId, pair, cancellation);
            if (decided.AreOne(pair.DeviceId, pair.OtherDeviceId))
                throw new IdentityException(IdentityRefusal.Conflict, $"\"{pair.DeviceId}\" and \"{pair.OtherDeviceId}\" are merged into one device; undo that first.");
            if (decided.Holds(pair)) return false;

            var sorted = pair.Sorted();
            await using var declare = transaction.Command(
                MergeTable.Declare, Text(workspaceId), Text(sorted.DeviceId), Text(sorted.OtherDeviceId), Instant(transaction.Now), Text(actor.Name));
            await declare.ExecuteNonQueryAsync(cancellation);
            var entry = new AuditEntry("device.declared_distinct", AuditSubject.Device(references[pair.DeviceId]), After: Other(references, pair));
            await transaction.RecordAsync(workspaceId, actor, entry, cancellation);
            return true;
        },
        cancellation);

    /// <summary>Takes that back.</summary>
    /// <exception cref="IdentityException">Nobody said so, or one of them is not there.</exception>
    /// <exception cref="StoreUnavailableException">The database could not be asked, or nobody knows whether it was done.</exception>
    public Task<bool> WithdrawDistinctAsync(string workspaceId, Actor actor, DevicePair pair, CancellationToken cancellation) => InWorkspaceAsync(
        workspaceId,
        async transaction =>
        {
            var (references, decided) = await BeginAsync(transaction, workspaceId, pair, cancellation);
            if (!decided.Holds(pair))
                throw new IdentityException(IdentityRefusal.Conflict, $"Nobody declared \"{pair.DeviceId}\" and \"{pair.OtherDeviceId}\" to be two devices; there is nothing to undo.");

            var sorted = pair.Sorted();
            await using var withdraw = transaction.Command(MergeTable.Withdraw, Text(workspaceId), Text(sorted.DeviceId), Text(sorted.OtherDeviceId));
            await withdraw.ExecuteNonQueryAsync(cancellation);
            var entry = new AuditEntry("device.distinct_undone", AuditSubject.Device(references[pair.DeviceId]), Before: Other(references, pair));
            await transaction.RecordAsync(workspaceId, actor, entry, cancellation);
            return true;
        },
        cancellation);

    private async Task<T> InWorkspaceAsync<T>(string workspaceId, Func<IdentityTransaction, Task<T>> work, CancellationToken cancellation)
    {
        try
        {
            return await _transactions.RunAsync(WorkspaceScope.Of(workspaceId), work, cancellation);
        }
        catch (OverflowException failure)
        {
            throw new IdentityException("The sums do not fit into 64 bits.", failure);
        }
    }

    private static async Task<MergePreview> PreviewAsync(IdentityTransaction transaction, string workspaceId, DeviceMerge merge, CancellationToken cancellation)
    {
        var (from, into) = (merge.DeviceId, merge.IntoDeviceId);
        if (from == into) throw new IdentityException(IdentityRefusal.Invalid, "A device cannot be merged into itself.");
        var decided = await DecidedAsync(transaction, workspaceId, cancellation);
        if (decided.Of(from) is { } standing)
            throw new IdentityException(IdentityRefusal.Conflict, $"Device \"{from}\" is merged into \"{standing.IntoDeviceId}\" already. To decide otherwise, undo that first: DELETE /v1/devices/{from}/merge.");
        if (decided.AreOne(from, into))
            throw new IdentityException(IdentityRefusal.Conflict, $"\"{into}\" was merged into \"{from}\"; the other way round would go in a circle. Undo that first: DELETE /v1/devices/{into}/merge.");
        if (decided.AreDistinct(from, into))
            throw new IdentityException(IdentityRefusal.Conflict, $"\"{from}\" and \"{into}\" were declared to be two devices. Take that back first: DELETE /v1/devices/{from}/distinct/{into}.");

        var (days, others) = await HeldAsync(transaction, workspaceId, decided.Merged.Append(from).Append(into), cancellation);
        return MergePreview.Of(merge, days, others, decided);
    }

    private static async Task<(Dictionary<string, Guid> References, MergeMap Decided)> BeginAsync(
        IdentityTransaction transaction, string workspaceId, DevicePair pair, CancellationToken cancellation)
    {
        await WorkspaceTable.LockAsync(transaction, workspaceId, cancellation);
        var references = await ReferencesAsync(transaction, KeptReferences, workspaceId, [pair.DeviceId, pair.OtherDeviceId], cancellation);
        return (references, await DecidedAsync(transaction, workspaceId, cancellation));
    }

    private static async Task<MergeMap> DecidedAsync(IdentityTransaction transaction, string workspaceId, CancellationToken cancellation)
    {
        await using var command = transaction.Command(MergeTable.Decided, Text(workspaceId));
        return await MergeTable.ReadAsync(command, cancellation);
    }

    private static async Task<Dictionary<string, Guid>> ReferencesAsync(
        IdentityTransaction transaction, string sql, string workspaceId, string[] deviceIds, CancellationToken cancellation)
    {
        await using var command = transaction.Command(sql, Text(workspaceId), new NpgsqlParameter<string[]> { TypedValue = deviceIds });
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var references = new Dictionary<string, Guid>(StringComparer.Ordinal);
        while (await row.ReadAsync(cancellation)) references[row.GetString(0)] = row.GetGuid(1);
        return Array.Find(deviceIds, id => !references.ContainsKey(id)) is { } missing
            ? throw new IdentityException(IdentityRefusal.DeviceNotFound, $"There is no device \"{missing}\" in this workspace.")
            : references;
    }

    /// <returns>The days of these devices, and the sum of all others.</returns>
    private static async Task<(List<DeviceDay> Days, DayTotals Others)> HeldAsync(
        IdentityTransaction transaction, string workspaceId, IEnumerable<string> deviceIds, CancellationToken cancellation)
    {
        string[] ids = [.. deviceIds.Distinct(StringComparer.Ordinal)];
        var days = new List<DeviceDay>();
        await using (var command = transaction.Command(Days, Text(workspaceId), new NpgsqlParameter<string[]> { TypedValue = ids }))
        await using (var row = await command.ExecuteReaderAsync(cancellation))
        {
            while (await row.ReadAsync(cancellation))
                days.Add(new DeviceDay(row.GetString(0), row.GetFieldValue<DateOnly>(1), row.InstantAt(2)!.Value, row.GetBoolean(3), row.TotalsAt(4)));
        }

        await using var sum = transaction.Command(Others, Text(workspaceId), new NpgsqlParameter<string[]> { TypedValue = ids });
        await using var others = await sum.ExecuteReaderAsync(cancellation);
        await others.ReadAsync(cancellation);
        long At(int column) => decimal.ToInt64(others.GetDecimal(column));
        return (days, new DayTotals(0, At(0), At(1), At(2), At(3), At(4), At(5), At(6)));
    }

    private static JsonObject Noted(DayTotals sums) => new()
    {
        ["message_count"] = sums.MessageCount,
        ["cost_cents_effective"] = Money.ToCents(sums.CostEffective),
    };

    private static JsonObject Other(Dictionary<string, Guid> references, DevicePair pair) => new() { ["other"] = references[pair.OtherDeviceId].ToString("D") };
}
