using Ingest.Domain.Envelopes;
using Ingest.Domain.Identity;
using Ingest.Domain.Ledger;
using Ingest.Persistence.Devices;
using Npgsql;

namespace Ingest.Persistence.Envelopes;

/// <summary>Reads what the database holds under the keys that envelopes name, for all of them at once.</summary>
internal static class StoredStateReader
{
    private const string Devices = """
        SELECT k.work, d.label, d.clock_epoch, d.revision, d.rollup_rows, d.session_rows, d.window_rows, d.quarantined_rows,
               d.confirmed_day, d.continues_after, d.rewind_from, d.rewind_since, d.rewind_reason, d.rewind_unheeded, d.rewind_held_day, d.rewind_verifies,
               d.verify_from, d.requested_from, d.requested_verify, d.look_back_at, d.full_look_back_on, d.shared_seen_at,
               d.restored_at, d.restored_through, c.clock_epoch, c.newest_synced_at, c.late_by_ms, c.late_synced_at, c.clock_offset_ms, c.left_behind_at, CASE WHEN d.standing <> 'active' THEN d.standing END, d.standing_reason
        FROM unnest($1::int[], $2::text[], $3::text[]) AS k (work, workspace_id, device_id)
        JOIN devices AS d ON d.workspace_id = k.workspace_id AND d.device_id = k.device_id
        LEFT JOIN device_contacts AS c ON c.workspace_id = d.workspace_id AND c.device_id = d.device_id
        """;

    /// <summary>Always in key order, so that transactions over several devices wait for each other and never deadlock.</summary>
    private const string LockedDevices = Devices + """

        ORDER BY d.workspace_id, d.device_id FOR NO KEY UPDATE OF d
        """;

    private const string FreeDevices = LockedDevices + " SKIP LOCKED";

    private const string Sessions = $"""
        SELECT k.work, {SummaryRows.SessionFields}
        FROM unnest($1::int[], $2::text[], $3::text[], $4::text[]) AS k (work, workspace_id, device_id, session_id)
        JOIN session_summaries AS t ON t.workspace_id = k.workspace_id AND t.device_id = k.device_id AND t.session_id = k.session_id
        """;

    private const string Windows = $"""
        SELECT k.work, {SummaryRows.WindowFields}
        FROM unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::timestamptz[]) AS k (work, workspace_id, device_id, provider, started_at)
        JOIN window_summaries AS t ON t.workspace_id = k.workspace_id AND t.device_id = k.device_id
         AND t.provider = k.provider AND t.started_at = k.started_at
        """;

    private const string Quarantined = """
        SELECT k.work, t.id, sha256(t.raw)
        FROM unnest($1::int[], $2::text[], $3::text[], $4::uuid[]) AS k (work, workspace_id, device_id, id)
        JOIN quarantined_rows AS t ON t.workspace_id = k.workspace_id AND t.device_id = k.device_id AND t.id = k.id
        """;

    private static readonly ValueColumn<DaySnapshot, DateOnly> BucketDay = new("bucket_day", "date", day => day.Day);

    private static readonly ValueColumn<SessionSummary, string> SessionId = new("session_id", "text", session => session.SessionId);

    /// <summary>
    /// Reads the devices, and all that the envelopes name under them. Each question sees what was committed before it, so what is read behind
    /// the locks of the devices is not older than they are.
    /// </summary>
    /// <param name="connection">With an open transaction where the devices shall stay locked.</param>
    /// <param name="works">One of a device at most.</param>
    /// <param name="locks">How to lock the devices first. One that is not registered yet has nothing to be locked.</param>
    /// <param name="cancellation">Ends the call.</param>
    public static async Task ReadAsync(NpgsqlConnection connection, IReadOnlyList<EnvelopeWork> works, DeviceLocks locks, CancellationToken cancellation)
    {
        foreach (var work in works) work.Forget(locks);
        await using (var reads = new StateReads(connection, works))
        {
            var devices = locks switch { DeviceLocks.None => Devices, DeviceLocks.IfFree => FreeDevices, _ => LockedDevices };
            reads.Add<EnvelopeWork>(devices, work => [work], ReadDevice);
            AddNamed(reads);
            await reads.ExecuteAsync(cancellation);
        }

        await ReadWhatWasNotKnownAsync(connection, works, cancellation);

        // Only what few devices need, and only their own row tells.
        await using var rest = new StateReads(connection, works);
        AddUnnamed(rest, works);
        rest.Add(
            Quarantined,
            work => work.Stored.Device.QuarantinedRows > 0 && !work.IsStoredAlready ? work.Received.Envelope.UsableRowNames() : [],
            ReadQuarantined,
            new ValueColumn<Guid, Guid>("id", "uuid", id => id));
        await rest.ExecuteAsync(cancellation);
        foreach (var work in works) work.CompleteRows();
    }

    /// <summary>Reads the rows of the days that the plans could not judge without them.</summary>
    public static async Task ReadUnreadAsync(NpgsqlConnection connection, IReadOnlyList<EnvelopeWork> works, CancellationToken cancellation)
    {
        await using var reads = new StateReads(connection, works);
        reads.Add(LedgerRows.Rollups, work => work.Plan!.Unread, ReadRollup, new ValueColumn<DateOnly, DateOnly>("bucket_day", "date", day => day));
        await reads.ExecuteAsync(cancellation);
        foreach (var work in works) work.CompleteRows();
    }

    /// <summary>Another revision, and nothing is known: somebody else has written meanwhile. Nor is anything taken for known that is to be verified.</summary>
    private static async Task ReadWhatWasNotKnownAsync(NpgsqlConnection connection, IReadOnlyList<EnvelopeWork> works, CancellationToken cancellation)
    {
        List<EnvelopeWork>? mistaken = null;
        foreach (var work in works)
        {
            if (work is not { Known: { } known, IsStoredAlready: false, Stored.Device.IsRegistered: true }) continue;
            if (known.Revision == work.Stored.Device.Revision && !work.Stored.Device.Progress.Verifies) known.Tell(work.Received.Envelope, work.Stored);
            else (mistaken ??= []).Add(work);
        }

        if (mistaken is null) return;
        await using var reads = new StateReads(connection, mistaken);
        foreach (var work in mistaken) work.Forget();
        AddNamed(reads);
        await reads.ExecuteAsync(cancellation);
    }

    private static void AddNamed(StateReads reads)
    {
        static IEnumerable<TRow> Unknown<TRow>(EnvelopeWork work, IReadOnlyList<TRow> rows, Func<KnownState, TRow, bool> isKnown) =>
            work.IsStoredAlready ? [] : work.Known is { } known ? rows.Where(row => !isKnown(known, row)) : rows;

        reads.Add(
            LedgerRows.Days,
            work => Unknown(work, work.Received.Envelope.Days, static (known, day) => known.Knows(day)),
            static (row, work) =>
            {
                var day = LedgerRows.ReadDay(row, 1);
                work.Stored.Days[day.Day] = day;
            },
            BucketDay);
        reads.Add(
            LedgerRows.RollupsOfChangedDays,
            work => Unknown(work, work.Received.Envelope.Days, static (known, day) => known.Confirms(day) || known.KnowsRowsOf(day)),
            ReadRollup,
            BucketDay,
            new ValueColumn<DaySnapshot, byte[]>("digest", "bytea", day => day.Digest.ToBytes()));
        reads.Add(
            Sessions, work => Unknown(work, work.Received.Envelope.Sessions, static (known, session) => known.Knows(session)), ReadSession, SessionId);
        reads.Add(
            Windows,
            work => work.IsStoredAlready ? [] : work.Received.Envelope.Windows,
            ReadWindow,
            new ValueColumn<WindowSummary, string>("provider", "text", window => window.Key.Provider),
            new ValueColumn<WindowSummary, DateTime>("started_at", "timestamptz", window => window.Key.StartedAt.UtcDateTime));
        reads.Add(
            Quarantined,
            work => work.Received.Envelope.Rejected.Select(row => row.QuarantineId),
            ReadQuarantined,
            new ValueColumn<Guid, Guid>("id", "uuid", id => id));
    }

    private static void AddUnnamed(StateReads reads, IReadOnlyList<EnvelopeWork> works)
    {
        var back = works.Index().Where(place => place.Item is { IsStoredAlready: false, Received.IsCompleteByDay: true }
            && place.Item.Received.Envelope.EarliestDay <= place.Item.Stored.Device.Progress.ConfirmedDay).ToList();
        if (back.Count == 0) return;
        var named = back.SelectMany(place => place.Item.Received.Envelope.Days.Select(day => (place.Index, day.Day))).ToList();
        var command = new NpgsqlBatchCommand(LedgerRows.UnnamedDays);
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. back.Select(place => place.Index)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. back.Select(place => place.Item.WorkspaceId)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. back.Select(place => place.Item.DeviceId)] });
        command.Parameters.Add(new NpgsqlParameter<DateOnly[]> { TypedValue = [.. back.Select(place => place.Item.Received.Envelope.EarliestDay!.Value)] });
        command.Parameters.Add(new NpgsqlParameter<DateOnly[]> { TypedValue = [.. back.Select(place => place.Item.Received.Envelope.LatestDay!.Value)] });
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. named.Select(day => day.Index)] });
        command.Parameters.Add(new NpgsqlParameter<DateOnly[]> { TypedValue = [.. named.Select(day => day.Day)] });
        reads.Add(command, static (row, work) => work.Stored.UnnamedDays.Add(LedgerRows.ReadDay(row, 1)));
    }

    private static void ReadDevice(NpgsqlDataReader row, EnvelopeWork work)
    {
        var device = new DeviceState
        {
            IsRegistered = true,
            Standing = row.IsDBNull(30) ? DeviceStanding.Active : DeviceStandingColumn.Read(row.GetString(30)),
            StandingReason = row.TextAt(31),
            Label = row.TextAt(1),
            ClockEpoch = row.GetInt32(2),
            Revision = row.GetGuid(3),
            RollupRows = row.GetInt64(4),
            SessionRows = row.GetInt64(5),
            WindowRows = row.GetInt64(6),
            QuarantinedRows = row.GetInt64(7),
            Progress = new DeviceProgress
            {
                ConfirmedDay = row.DayAt(8),
                ContinuesAfter = row.DayAt(9),
                Rewind = row.DayAt(10) is { } from
                    ? new Rewind(from, row.InstantAt(11)!.Value, RewindReasons.Parse(row.GetString(12)), row.GetInt32(13), row.GetFieldValue<DateOnly>(14), row.GetBoolean(15))
                    : null,
                VerifyFrom = row.DayAt(16),
                Requested = row.DayAt(17) is { } requested ? new RewindRequest(requested, row.GetBoolean(18)) : null,
                LookBackAt = row.InstantAt(19),
                FullLookBackOn = row.DayAt(20),
                SharedSeenAt = row.InstantAt(21),
                Gap = row.InstantAt(22) is { } restored ? new BackupGap(restored, row.DayAt(23)) : null,
            },
        };
        work.Stored = new StoredState(device);
        work.StoredClock = new DeviceClock(device.ClockEpoch, null);
        if (row.IsDBNull(24)) return;
        work.StoredClock = work.StoredClock.MergedWith(
            new DeviceClock(row.GetInt32(24), row.InstantAt(25), row.MillisecondsAt(26), row.InstantAt(27), row.MillisecondsAt(28), row.InstantAt(29)));
    }

    private static void ReadRollup(NpgsqlDataReader row, EnvelopeWork work)
    {
        var rollup = LedgerRows.ReadRollup(row);
        if (!work.Stored.Rows.TryGetValue(rollup.Row.Key.BucketDay, out var rows)) work.Stored.Rows[rollup.Row.Key.BucketDay] = rows = [];
        rows.Add(rollup);
    }

    private static void ReadQuarantined(NpgsqlDataReader row, EnvelopeWork work) => work.Stored.Quarantined[row.GetGuid(1)] = row.GetFieldValue<byte[]>(2);

    private static void ReadSession(NpgsqlDataReader row, EnvelopeWork work)
    {
        var session = SummaryRows.ReadSession(row, 1);
        work.Stored.Sessions[session.SessionId] = session;
    }

    private static void ReadWindow(NpgsqlDataReader row, EnvelopeWork work)
    {
        var window = SummaryRows.ReadWindow(row, 1);
        work.Stored.Windows[window.Summary.Key] = window;
    }
}
