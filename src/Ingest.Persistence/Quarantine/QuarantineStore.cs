using System.Text.Json.Nodes;
using Ingest.Domain;
using Ingest.Domain.Audit;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Identity;
using Ingest.Domain.Quarantine;
using Ingest.Persistence.Audit;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Tenancy;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Ingest.Persistence.Quarantine;

internal sealed class QuarantineStore(SnapshotReads snapshots, NpgsqlDataSource database, QuarantineReplay replay, TimeProvider time) : IQuarantineStore
{
    public Task<QuarantinePage> ListAsync(Caller caller, QuarantineFilter filter, QuarantinePlace? after, int limit, CancellationToken cancellation) =>
        snapshots.ReadAsync(
            caller.WorkspaceId,
            async context =>
            {
                var matching = Matching(Visible(context, caller), filter);
                var total = await matching.LongCountAsync(cancellation);
                if (after is { } place)
                {
                    matching = matching.Where(row => EF.Functions.GreaterThan(ValueTuple.Create(row.DeviceId, row.Id), ValueTuple.Create(place.DeviceId, place.Id)));
                }

                var found = await matching.OrderBy(row => row.DeviceId).ThenBy(row => row.Id).Take(limit + 1).ToListAsync(cancellation);
                return new QuarantinePage([.. found.Take(limit).Select(row => row.ToDomain())], total, found.Count > limit);
            },
            cancellation);

    public async Task<int?> DiscardAsync(Caller caller, Actor actor, QuarantineSelection selection, CancellationToken cancellation)
    {
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellation);
            await using var transaction = await connection.BeginAsync(WorkspaceScope.Of(caller.WorkspaceId), cancellation);
            if (await DeviceLock.TryTakeAsync(connection, caller.WorkspaceId, selection.DeviceId, caller, cancellation) is not { } reference) return null;
            await using var delete = QuarantineTable.Delete(connection, caller.WorkspaceId, selection);
            var discarded = (long)(await delete.ExecuteScalarAsync(cancellation))!;
            if (discarded > 0)
            {
                var entry = new AuditEntry("device.quarantine_discarded", AuditSubject.Device(reference), After: new JsonObject { ["rows"] = discarded });
                await AuditTable.RecordAsync(connection, caller.WorkspaceId, actor, time.GetUtcNow(), entry, cancellation);
            }

            await transaction.CommitAsync(CancellationToken.None);
            return (int)discarded;
        }
        catch (Exception failure) when (DatabaseFailure.Explains(failure))
        {
            throw new StoreUnavailableException("The database did not confirm the deletion; asking again is safe.", failure);
        }
    }

    public async Task<ReplayResult?> ReplayAsync(Caller caller, Actor actor, QuarantineSelection selection, CancellationToken cancellation)
    {
        try
        {
            return await replay.RunAsync(caller.WorkspaceId, selection, new ReplayWish(caller, actor), QuarantineReplay.AnyRules, cancellation);
        }
        catch (Exception failure) when (DatabaseFailure.Explains(failure))
        {
            throw new StoreUnavailableException("The database did not confirm the rows; asking again is safe.", failure);
        }
    }

    private static IQueryable<QuarantineRow> Visible(IngestDbContext context, Caller caller)
    {
        var rows = context.Set<QuarantineRow>().Where(row => row.WorkspaceId == caller.WorkspaceId);
        if (caller.SeesAllDevices) return rows;
        return rows.Where(row => context.DevicesVisibleTo(caller).Any(device => device.DeviceId == row.DeviceId));
    }

    private static IQueryable<QuarantineRow> Matching(IQueryable<QuarantineRow> rows, QuarantineFilter filter)
    {
        if (filter.DeviceId is { } device) rows = rows.Where(row => row.DeviceId == device);
        if (filter.Code is { } code) rows = rows.Where(row => row.Code == code);
        if (filter.Kind?.WireName() is { } kind) rows = rows.Where(row => row.Kind == kind);
        return rows;
    }
}
