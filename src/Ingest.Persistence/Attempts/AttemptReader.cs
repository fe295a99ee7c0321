using Ingest.Domain;
using Ingest.Domain.Health;
using Ingest.Domain.Identity;
using Ingest.Domain.Ledger;
using Ingest.Persistence.Health;
using Ingest.Persistence.Identity;
using Microsoft.EntityFrameworkCore;

namespace Ingest.Persistence.Attempts;

/// <summary>
/// Reads what <see cref="AttemptLog"/> has written: an attempt is listed a moment after its answer. What this process has counted into one
/// since is laid over it.
/// </summary>
internal sealed class AttemptReader(SnapshotReads snapshots, DeviceContacts contacts) : IAttemptReader
{
    public Task<AttemptPage> ListAsync(Caller caller, AttemptFilter filter, TimedPlace? after, int limit, CancellationToken cancellation) =>
        snapshots.ReadAsync(caller.WorkspaceId, async context =>
        {
            var rows = Matching(await VisibleAsync(context, caller, cancellation), filter);
            if (after is { } place)
            {
                rows = rows.Where(row => EF.Functions.LessThan(
                    ValueTuple.Create(row.ReceivedAt, row.AttemptId), ValueTuple.Create(place.At, place.Id)));
            }

            var found = await rows.OrderByDescending(row => row.ReceivedAt).ThenByDescending(row => row.AttemptId).Take(limit + 1)
                .Select(row => new Listed(row.KeyId, new AttemptRecord
                {
                    AttemptId = row.AttemptId,
                    DeviceId = row.DeviceId,
                    ReceivedAt = row.ReceivedAt,
                    LastReceivedAt = row.LastReceivedAt,
                    Attempts = row.Attempts,
                    HttpStatus = row.HttpStatus,
                    Code = row.Code,
                    Detail = row.Detail,
                    SchemaVersion = row.SchemaVersion,
                    SyncedAt = row.SyncedAt,
                    Watermark = row.Watermark,
                    BodyBytes = row.BodyBytes,
                    Duration = TimeSpan.FromMicroseconds(row.DurationUs),
                    Rollups = row.Rollups,
                    Sessions = row.Sessions,
                    Windows = row.Windows,
                    Counts = new RowCounts(row.Changed, row.Unchanged, row.Superseded, row.Rejected),
                    KeyPrefix = context.ApiKeys.Where(key => key.WorkspaceId == row.WorkspaceId && key.KeyId == row.KeyId).Select(key => key.Prefix).FirstOrDefault(),
                }))
                .ToListAsync(cancellation);
            return new AttemptPage([.. found.Take(limit).Select(listed => Counted(caller.WorkspaceId, listed))], found.Count > limit);
        }, cancellation);

    private AttemptRecord Counted(string workspaceId, Listed listed) =>
        contacts.CountOf(workspaceId, listed.Record.DeviceId, listed.KeyId, listed.Record.AttemptId) is { } count
            ? listed.Record with { Attempts = count.Times, LastReceivedAt = count.LastReceivedAt }
            : listed.Record;

    /// <summary>What is a member's is looked up first: asked anew for each attempt of a large workspace it would take seconds.</summary>
    private static async Task<IQueryable<SyncAttemptRow>> VisibleAsync(IngestDbContext context, Caller caller, CancellationToken cancellation)
    {
        var attempts = context.Set<SyncAttemptRow>().Where(row => row.WorkspaceId == caller.WorkspaceId);
        if (caller.SeesAllDevices) return attempts;
        var devices = await context.DevicesVisibleTo(caller).Select(row => row.DeviceId).ToListAsync(cancellation);
        var keys = await context.ApiKeys.Where(row => row.WorkspaceId == caller.WorkspaceId && row.UserId == caller.UserId).Select(row => row.KeyId).ToListAsync(cancellation);
        return attempts.Where(row => devices.Contains(row.DeviceId) || keys.Contains(row.KeyId));
    }

    private static IQueryable<SyncAttemptRow> Matching(IQueryable<SyncAttemptRow> rows, AttemptFilter filter)
    {
        if (filter.DeviceId is { } device) rows = rows.Where(row => row.DeviceId == device);
        rows = filter.Outcome switch
        {
            null => rows,
            AttemptOutcome.Refused => rows.Where(row => row.HttpStatus >= 400),
            AttemptOutcome.Accepted => rows.Where(row => row.HttpStatus < 400),
            _ => rows.Where(row => row.HttpStatus < 400 && row.Changed > 0),
        };
        if (filter.Code is { } code) rows = rows.Where(row => row.Code == code);

        // One row may stand for a day of equal attempts: it belongs to every time that it reaches into.
        if (filter.From is { } from)
        {
            var begin = from > DateTimeOffset.UnixEpoch + SyncAttempt.LongestRepetition ? from - SyncAttempt.LongestRepetition : DateTimeOffset.UnixEpoch;
            rows = rows.Where(row => row.ReceivedAt >= begin && row.LastReceivedAt >= from);
        }

        if (filter.To is { } to) rows = rows.Where(row => row.ReceivedAt < to);
        return rows;
    }

    private sealed record Listed(Guid KeyId, AttemptRecord Record);
}
