using Ingest.Domain.Identity;
using Ingest.Domain.Ledger;
using Ingest.Domain.Merging;
using Ingest.Domain.Reconciliation;
using Ingest.Domain.Usage;
using Ingest.Persistence.Envelopes;
using Ingest.Persistence.Health;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Merging;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using static Ingest.Persistence.Parameters;

namespace Ingest.Persistence.Usage;

/// <summary>
/// Few device-days are read row by row. Of many, what blocks hold as it is comes from them, and only the rest from rows; either way the answer is that of
/// one state of the database.
/// </summary>
internal sealed class UsageReader(SnapshotReads snapshots, UsageBlockCache cache, UsageBlockWorker worker, UsagePolicy policy) : IUsageReader
{
    /// <summary>Null for one that cannot be read, which says nothing of its day.</summary>
    private const string Blocks = """
        SELECT bucket_day, CASE WHEN content IS NOT NULL AND format = $4 THEN block_id END FROM usage_blocks WHERE workspace_id = $1 AND bucket_day >= $2 AND bucket_day < $3
        """;

    private const string Content = "SELECT content FROM usage_blocks WHERE workspace_id = $1 AND bucket_day = $2";

    private const string BesideBlocks = """
        SELECT bucket_day, count(*)::int FROM device_days WHERE workspace_id = $1 AND bucket_day >= $2 AND bucket_day < $3 AND NOT in_block GROUP BY bucket_day
        """;

    private const string Names = "SELECT user_id, name FROM users WHERE workspace_id = $1";

    public async Task<UsageReading> ReadAsync(Caller caller, UsageQuestion question, CancellationToken cancellation)
    {
        var stale = new List<DateOnly>();
        var reading = await snapshots.ReadAsync(caller.WorkspaceId, context => ReadAsync(context, caller, question, stale, cancellation), cancellation);
        foreach (var day in stale) worker.Want(caller.WorkspaceId, day);
        return reading;
    }

    private async Task<UsageReading> ReadAsync(IngestDbContext context, Caller caller, UsageQuestion question, List<DateOnly> stale, CancellationToken cancellation)
    {
        await using var decided = SnapshotReads.Command(context, MergeTable.Decided, Text(caller.WorkspaceId));
        var merges = await MergeTable.ReadAsync(decided, cancellation);
        var names = await NamesAsync(context, caller, question, cancellation);
        var owners = question.Of(UsageDimension.Member);
        if (owners.Any(owner => !names.ContainsKey(owner))) return new UsageReading(null, UsageDimension.Member);

        var asked = question.Of(UsageDimension.Device);
        var visible = context.DevicesVisibleTo(caller);
        if (asked.Count > 0)
        {
            string[] ids = [.. asked.SelectMany(merges.GroupOf).Distinct(StringComparer.Ordinal)];
            visible = visible.Where(row => ids.Contains(row.DeviceId));
        }

        var shown = await DevicesAsync(visible, merges, cancellation);
        if (asked.Any(id => !shown.ContainsKey(id))) return new UsageReading(null, UsageDimension.Device);

        foreach (var (id, device) in shown)
        {
            if (owners.Count > 0 && !owners.Contains(device.OwnerUserId.ToString("D"))) shown.Remove(id);
        }

        // Asked for by an id it had before, a device answers with what counts from under that id.
        HashSet<string> wanted = asked.Count == 0
            ? [.. shown.Keys]
            : [.. asked.SelectMany(id => merges.Of(id) is null ? merges.GroupOf(id) : [id]).Where(shown.ContainsKey)];

        // What a day counts may hang on an id of its device that is not asked for, or not the caller's to see.
        var known = new HashSet<string>(wanted, StringComparer.Ordinal);
        if (merges.HasMerges) known.UnionWith(wanted.SelectMany(merges.GroupOf).ToList());

        var devices = wanted.ToDictionary(id => id, id => shown[id], StringComparer.Ordinal);
        var count = new Count(question, merges, devices, known);
        if ((long)known.Count * (question.Span.To.DayNumber - question.Span.From.DayNumber) <= policy.DirectDeviceDays)
            await ReadRowsAsync(context, caller.WorkspaceId, count, question.Span, cancellation);
        else await ReadBlocksAsync(context, caller.WorkspaceId, count, question.Span, stale, cancellation);

        foreach (var device in devices.Values.Where(device => (device.Name ?? device.Label) is not null)) names.TryAdd(device.DeviceId, (device.Name ?? device.Label)!);
        return new UsageReading(new UsageReport(
            [.. shown.Values.Where(device => merges.Of(device.DeviceId) is null || (device.IsOpen && merges.PlaceOf(device.DeviceId).Counts))], count.Tally.Groups())
        {
            Names = names,
            PossibleDuplicates = count.Duplicates.Found,
            MergedInto = asked.Count == 1 ? shown.GetValueOrDefault(asked.Single())?.MergedInto : null,
            ExpiredDeviceDays = count.Expired,
        });
    }

    private static async Task ReadRowsAsync(IngestDbContext context, string workspaceId, Count count, DayRange span, CancellationToken cancellation)
    {
        await using var command = SnapshotReads.Command(context, UsageDayTable.OfDevices, UsageDayTable.Of(workspaceId, count.Known, span.From, span.To));
        var days = await UsageDayTable.DaysAsync(command, cancellation);
        foreach (var block in await UsageDayTable.BlocksAsync(context, workspaceId, days, cancellation)) count.Add(null, block);
    }

    /// <summary>Day by day, so that no more than one of them has to be in memory.</summary>
    private async Task ReadBlocksAsync(IngestDbContext context, string workspaceId, Count count, DayRange span, List<DateOnly> stale, CancellationToken cancellation)
    {
        var standing = new Dictionary<DateOnly, Guid?>();
        await using (var command = SnapshotReads.Command(
            context, Blocks, Text(workspaceId), Date(span.From), Date(span.To), new NpgsqlParameter<short> { TypedValue = UsageBlockFormat.Version }))
        {
            await using var row = await command.ExecuteReaderAsync(cancellation);
            while (await row.ReadAsync(cancellation)) standing.Add(row.GetFieldValue<DateOnly>(0), row.UuidAt(1));
        }

        var beside = new Dictionary<DateOnly, int>();
        await using (var command = SnapshotReads.Command(context, BesideBlocks, Text(workspaceId), Date(span.From), Date(span.To)))
        {
            await using var row = await command.ExecuteReaderAsync(cancellation);
            while (await row.ReadAsync(cancellation)) beside.Add(row.GetFieldValue<DateOnly>(0), row.GetInt32(1));
        }

        foreach (var day in standing.Keys.Union(beside.Keys).Order())
        {
            var stored = standing.GetValueOrDefault(day) is { } blockId ? await BlockAsync(context, workspaceId, day, blockId, cancellation) : null;
            var live = stored is not null && !beside.ContainsKey(day) ? null : await LiveAsync(context, workspaceId, day, stored is not null, count.Known, cancellation);
            count.Add(stored, live);
            if (stored is null || live?.Devices.Count >= policy.BesideBlock) stale.Add(day);
        }
    }

    private async Task<UsageBlock> BlockAsync(IngestDbContext context, string workspaceId, DateOnly day, Guid blockId, CancellationToken cancellation)
    {
        if (cache.Find(blockId) is { } found) return found;
        await using var command = SnapshotReads.Command(context, Content, Text(workspaceId), Date(day));
        await using var row = await command.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        var block = UsageBlockFormat.Read(day, await row.GetFieldValueAsync<byte[]>(0, cancellation));
        cache.Keep(blockId, block);
        return block;
    }

    private static async Task<UsageBlock?> LiveAsync(
        IngestDbContext context, string workspaceId, DateOnly day, bool isBesideBlock, IReadOnlySet<string> devices, CancellationToken cancellation)
    {
        await using var command = isBesideBlock
            ? SnapshotReads.Command(context, UsageDayTable.BesideBlock, Text(workspaceId), Date(day))
            : SnapshotReads.Command(context, UsageDayTable.OfDevices, UsageDayTable.Of(workspaceId, devices, day, day.AddDays(1)));
        var days = await UsageDayTable.DaysAsync(command, cancellation);
        var blocks = await UsageDayTable.BlocksAsync(context, workspaceId, days, cancellation);
        return blocks is [var block] ? block : null;
    }

    /// <summary>Names of the members that may be asked for: members know of themselves alone.</summary>
    private static async Task<Dictionary<string, string>> NamesAsync(IngestDbContext context, Caller caller, UsageQuestion question, CancellationToken cancellation)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        if (question.Of(UsageDimension.Member).Count == 0 && !question.By.Contains(UsageDimension.Member)) return names;
        await using var command = SnapshotReads.Command(context, Names, Text(caller.WorkspaceId));
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            if (caller.SeesAllDevices || row.GetGuid(0) == caller.UserId) names.Add(row.GetGuid(0).ToString("D"), row.GetString(1));
        }

        return names;
    }

    private static async Task<Dictionary<string, UsageDevice>> DevicesAsync(IQueryable<DeviceRow> rows, MergeMap merges, CancellationToken cancellation)
    {
        var stored = await rows.OrderBy(row => row.DeviceId)
            .Select(row => new
            {
                row.DeviceId, row.OwnerUserId, row.Label, row.Name, row.FirstContactAt, row.ConfirmedDay, row.ContinuesAfter, row.RewindFrom, row.RewindReason,
                row.RestoredAt, row.RestoredThrough, row.Standing,
            }).ToListAsync(cancellation);
        var found = stored.Select(row => row.DeviceId).ToHashSet(StringComparer.Ordinal);
        return stored.ToDictionary(
            row => row.DeviceId,
            row => new UsageDevice(
                row.DeviceId, row.Label, row.ConfirmedDay, row.ContinuesAfter, row.RewindFrom, row.RewindReason is { } reason ? RewindReasons.Parse(reason) : null,
                row.RestoredAt is { } restored ? new BackupGap(restored, row.RestoredThrough) : null)
            {
                Name = row.Name,
                OwnerUserId = row.OwnerUserId,
                FirstContactAt = row.FirstContactAt,
                IsRevoked = row.Standing == DeviceStanding.Revoked,
                MergedInto = merges.Of(row.DeviceId)?.IntoDeviceId is { } into && found.Contains(into) ? into : null,
            },
            StringComparer.Ordinal);
    }

    /// <summary>Decides of each device-day whether it counts, and has the tally add it up.</summary>
    /// <param name="question">What is asked.</param>
    /// <param name="merges">Which ids are one device.</param>
    /// <param name="wanted">Whose usage is asked for.</param>
    /// <param name="known">Those, and all other ids they have.</param>
    private sealed class Count(UsageQuestion question, MergeMap merges, IReadOnlyDictionary<string, UsageDevice> wanted, IReadOnlySet<string> known)
    {
        private readonly HashSet<string> _merged = merges.HasMerges ? [.. merges.Merged.Where(known.Contains)] : [];

        public UsageTally Tally { get; } = new(question, device => wanted[device].OwnerUserId);

        public PossibleDuplicates Duplicates { get; } = new(wanted, merges);

        public IReadOnlySet<string> Known { get; } = known;

        public int Expired { get; private set; }

        /// <param name="stored">The block of a day.</param>
        /// <param name="live">What is beside it, and counts in its place.</param>
        public void Add(UsageBlock? stored, UsageBlock? live)
        {
            if ((stored ?? live) is not { } any) return;
            HashSet<string> beside = stored is null || live is null ? [] : [.. live.Devices.Select(device => device.DeviceId)];
            var uncounted = Uncounted(any.Day, stored, live, beside);
            var isInRange = any.Day >= question.Range.From;
            foreach (var block in new[] { stored, live })
            {
                if (block is null) continue;
                var counts = new bool[block.Devices.Count];
                for (var at = 0; at < counts.Length; at++)
                {
                    var device = block.Devices[at];
                    counts[at] = wanted.ContainsKey(device.DeviceId) && (block == live || !beside.Contains(device.DeviceId)) && !uncounted.Contains(device.DeviceId);
                    if (counts[at] && isInRange && device.IsExpired) Expired++;
                }

                Tally.Add(block, counts);
                if (isInRange) Duplicates.Add(block.Devices.Where((_, at) => counts[at]));
            }
        }

        /// <summary>Ids under which the day stands, and counts from under another one.</summary>
        private HashSet<string> Uncounted(DateOnly day, UsageBlock? stored, UsageBlock? live, HashSet<string> beside)
        {
            if (_merged.Count == 0) return [];
            var held = (stored?.Devices.Where(device => !beside.Contains(device.DeviceId)) ?? []).Concat(live?.Devices ?? [])
                .Where(device => _merged.Contains(device.DeviceId)).Select(device => device.Held(day)).ToList();
            var chosen = CountingRule.Choose(held, merges);
            return [.. held.Where((_, at) => !chosen[at]).Select(device => device.DeviceId)];
        }
    }
}
