using System.Text.Json.Nodes;
using Ingest.Domain.Audit;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Ledger;
using Ingest.Domain.Quarantine;
using Ingest.Domain.Validation;
using Ingest.Persistence.Audit;
using Ingest.Persistence.Envelopes;
using Ingest.Persistence.Tenancy;
using Npgsql;

namespace Ingest.Persistence.Quarantine;

/// <summary>Tries rows in quarantine again under the rules of this version, some at a time: each batch is one transaction under the device's lock.</summary>
internal sealed class QuarantineReplay(NpgsqlDataSource database, ReplayedRowWriter writer, StoreLimits limits, TimeProvider time)
{
    /// <summary>Also rows that the rules of this version have rejected.</summary>
    public const int AnyRules = int.MaxValue;

    internal const int LargestBatch = 200;

    /// <param name="workspaceId">The workspace.</param>
    /// <param name="selection">Which rows.</param>
    /// <param name="wish">Whose wish it is; null is the service itself.</param>
    /// <param name="rejectedBefore">Only rows that rules older than this have rejected.</param>
    /// <param name="cancellation">Ends the call between two batches.</param>
    /// <returns>Null when there is no such device, or it is not the caller's to settle.</returns>
    public async Task<ReplayResult?> RunAsync(string workspaceId, QuarantineSelection selection, ReplayWish? wish, int rejectedBefore, CancellationToken cancellation)
    {
        var result = ReplayResult.Nothing;
        for (var after = Guid.Empty; ;)
        {
            await using var connection = await database.OpenConnectionAsync(cancellation);
            await using var transaction = await connection.BeginAsync(WorkspaceScope.Of(workspaceId), cancellation);
            if (await DeviceLock.TryTakeAsync(connection, workspaceId, selection.DeviceId, wish?.Caller, cancellation) is not { } reference) return null;

            await using var read = QuarantineTable.Read(connection, workspaceId, selection, after, rejectedBefore, LargestBatch);
            var rows = await ReadAsync(read, workspaceId, selection.DeviceId, cancellation);
            if (rows.Count == 0) return result;

            var settled = await SettleAsync(connection, workspaceId, selection.DeviceId, rows, cancellation);
            result = result.With(settled);
            if (wish is not null)
                await AuditTable.RecordAsync(connection, workspaceId, wish.Actor, time.GetUtcNow(), EntryOf(reference, ReplayResult.Nothing.With(settled)), cancellation);
            await transaction.CommitAsync(CancellationToken.None);
            if (rows.Count < LargestBatch) return result;
            after = rows[^1].Row.Id;
        }
    }

    private static AuditEntry EntryOf(Guid reference, ReplayResult settled) => new(
        "device.quarantine_replayed", AuditSubject.Device(reference),
        After: new JsonObject { ["replayed"] = settled.Replayed, ["still_rejected"] = settled.StillRejected, ["superseded"] = settled.Superseded });

    private async Task<List<(ReplayedRow Row, string Path)>> ReadAsync(NpgsqlCommand read, string workspaceId, string deviceId, CancellationToken cancellation)
    {
        var rows = new List<(ReplayedRow, string)>();
        await using var row = await read.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            var kind = RowKinds.OfWireName(row.GetString(1));
            var sentAt = row.GetFieldValue<DateTimeOffset>(6);
            var envelope = EnvelopeParser.ParseRow(kind, row.GetFieldValue<byte[]>(3), workspaceId, deviceId, row.GetInt16(4), sentAt, limits.FreeText);
            var order = new EnvelopeOrder(row.GetInt32(5), sentAt);
            rows.Add((
                new ReplayedRow(workspaceId, deviceId, row.GetGuid(0), kind, order, envelope, row.GetGuid(7), row.GetFieldValue<DateTimeOffset>(8)),
                row.GetString(2)));
        }

        return rows;
    }

    private async Task<List<ReplayedRowResult>> SettleAsync(
        NpgsqlConnection connection, string workspaceId, string deviceId, List<(ReplayedRow Row, string Path)> rows, CancellationToken cancellation)
    {
        // Two of them may turn out to have one key: the one that was sent later wins.
        var outcomes = rows.ToDictionary(row => row.Row.Id, _ => ReplayOutcome.StillRejected);
        foreach (var row in rows.Select(row => row.Row).Where(row => row.Envelope.UsableRows > 0).OrderBy(row => row.Order))
        {
            outcomes[row.Id] = await writer.WriteAsync(connection, row, cancellation) ? ReplayOutcome.Replayed : ReplayOutcome.Superseded;
        }

        var settled = outcomes.Where(row => row.Value != ReplayOutcome.StillRejected).Select(row => row.Key).ToList();
        if (settled.Count > 0)
        {
            await using var delete = QuarantineTable.Delete(connection, workspaceId, new QuarantineSelection(deviceId, settled, null));
            await delete.ExecuteScalarAsync(cancellation);
        }

        var rejected = rows.Where(row => outcomes[row.Row.Id] == ReplayOutcome.StillRejected).Select(row => RejectAgain(row.Row, row.Path)).ToList();
        if (rejected.Count > 0)
        {
            await using var reject = QuarantineTable.Reject(connection, workspaceId, deviceId, rejected, RowRules.Version);
            await reject.ExecuteNonQueryAsync(cancellation);
        }

        var codes = rejected.ToDictionary(row => row.Id, row => row.Code);
        return rows.ConvertAll(row => new ReplayedRowResult(row.Row.Id, outcomes[row.Row.Id], codes.GetValueOrDefault(row.Row.Id)));
    }

    /// <summary>The reason of today at the place where the row stood: by itself it would be the first of its array.</summary>
    private static RejectedAgain RejectAgain(ReplayedRow row, string path)
    {
        var issue = row.Envelope.Rejected[0].Issues[0];
        var within = issue.Path[(issue.Path.IndexOf(']', StringComparison.Ordinal) + 1)..];
        return new RejectedAgain(row.Id, path[..(path.IndexOf(']', StringComparison.Ordinal) + 1)] + within, issue.Code, issue.Message);
    }
}
