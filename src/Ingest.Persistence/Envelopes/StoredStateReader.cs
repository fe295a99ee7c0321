using Ingest.Domain.Envelopes;
using Ingest.Domain.Ledger;
using Npgsql;

namespace Ingest.Persistence.Envelopes;

/// <summary>Reads what the database holds under the keys that envelopes name, in one round trip for all of them.</summary>
internal static class StoredStateReader
{
    private const string Devices = """
        SELECT d.workspace_id, d.device_id, d.label, d.clock_epoch, d.rollup_rows, d.quarantined_rows,
               d.confirmed_day, d.continues_after, d.rewind_from, d.rewind_since, d.rewind_reason, d.rewind_unheeded, d.rewind_verifies,
               d.verify_from, d.requested_from, d.requested_verify, d.look_back_at, d.full_look_back_on, d.shared_seen_at, d.rewind_held_day,
               c.clock_epoch, c.newest_synced_at, c.late_by_ms, c.late_synced_at, c.clock_offset_ms, c.left_behind_at
        FROM unnest($1::text[], $2::text[]) AS k (workspace_id, device_id)
        JOIN devices AS d ON d.workspace_id = k.workspace_id AND d.device_id = k.device_id
        LEFT JOIN device_contacts AS c ON c.workspace_id = d.workspace_id AND c.device_id = d.device_id
        ORDER BY d.workspace_id, d.device_id
        """;

    /// <summary>Always in key order, so that transactions over several devices wait for each other and never deadlock.</summary>
    private const string LockedDevices = Devices + " FOR NO KEY UPDATE OF d";

    private const string Sessions = """
        SELECT t.workspace_id, t.device_id, t.session_id, t.provider, t.started_at, t.ended_at, t.duration_ms, t.repo_id, t.git_branch,
               t.ticket, t.ticket_source, t.surface, t.message_count, t.total_input_tokens, t.total_output_tokens, t.total_cost,
               t.primary_model, t.title, t.vital_context_drag_state, t.vital_context_drag_metric, t.vital_cache_efficiency_state,
               t.vital_cache_efficiency_metric, t.vital_thrashing_state, t.vital_thrashing_metric, t.vital_cost_acceleration_state,
               t.vital_cost_acceleration_metric, t.vital_overall_state, t.clock_epoch, t.sent_at
        FROM unnest($1::text[], $2::text[], $3::text[]) AS k (workspace_id, device_id, session_id)
        JOIN session_summaries AS t ON t.workspace_id = k.workspace_id AND t.device_id = k.device_id AND t.session_id = k.session_id
        """;

    private const string Windows = """
        SELECT t.workspace_id, t.device_id, t.provider, t.started_at, t.ended_at, t.duration_minutes, t.is_active, t.hit_rate_limit,
               t.message_count, t.input_tokens, t.output_tokens, t.cache_creation_tokens, t.cache_read_tokens, t.cost,
               t.burn_rate_cents_per_minute, t.surface, t.clock_epoch, t.sent_at
        FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) AS k (workspace_id, device_id, provider, started_at)
        JOIN window_summaries AS t ON t.workspace_id = k.workspace_id AND t.device_id = k.device_id
         AND t.provider = k.provider AND t.started_at = k.started_at
        """;

    private const string Quarantined = """
        SELECT t.workspace_id, t.device_id, t.id, sha256(t.raw)
        FROM unnest($1::text[], $2::text[], $3::uuid[]) AS k (workspace_id, device_id, id)
        JOIN quarantined_rows AS t ON t.workspace_id = k.workspace_id AND t.device_id = k.device_id AND t.id = k.id
        """;

    /// <summary>Takes the locks of all devices named and reads their rows; a device without a row is not registered.</summary>
    public static async Task LockDevicesAsync(NpgsqlConnection connection, IReadOnlyList<EnvelopeWork> works, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(DeviceCommand(LockedDevices, works));
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        await ReadDevicesAsync(reader, works, cancellation);
    }

    /// <summary>Reads the days, sessions, windows and quarantined rows that the envelopes name, on top of the device rows.</summary>
    public static async Task ReadRowsAsync(NpgsqlConnection connection, IReadOnlyList<EnvelopeWork> works, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        var readers = AddRowCommands(batch, works);
        if (readers.Count == 0) return;
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        await ReadResultsAsync(reader, readers, works, cancellation);
    }

    /// <summary>Reads the rows of the days that the plans could not judge without them.</summary>
    public static async Task ReadUnreadAsync(NpgsqlConnection connection, IReadOnlyList<EnvelopeWork> works, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        var readers = new List<Action<NpgsqlDataReader, StoredState>>();
        AddRead(
            batch,
            works,
            readers,
            LedgerRows.Rollups,
            work => work.Plan!.Unread,
            (row, state) => state.Rows[row.GetFieldValue<DateOnly>(2)].Add(LedgerRows.ReadRollup(row)),
            new ValueColumn<DateOnly, DateOnly>("bucket_day", "date", day => day));
        foreach (var work in works)
        {
            foreach (var day in work.Plan!.Unread) work.Stored.Rows[day] = [];
        }

        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        await ReadResultsAsync(reader, readers, works, cancellation);
    }

    /// <summary>Reads everything without a lock: enough to see that an envelope changes nothing.</summary>
    public static async Task ReadAllAsync(NpgsqlConnection connection, IReadOnlyList<EnvelopeWork> works, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(DeviceCommand(Devices, works));
        var readers = AddRowCommands(batch, works);
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        await ReadDevicesAsync(reader, works, cancellation);
        if (readers.Count == 0) return;
        await reader.NextResultAsync(cancellation);
        await ReadResultsAsync(reader, readers, works, cancellation);
    }

    private static NpgsqlBatchCommand DeviceCommand(string sql, IReadOnlyList<EnvelopeWork> works)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. works.Select(work => work.WorkspaceId)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. works.Select(work => work.DeviceId)] });
        return command;
    }

    private static List<Action<NpgsqlDataReader, StoredState>> AddRowCommands(NpgsqlBatch batch, IReadOnlyList<EnvelopeWork> works)
    {
        var readers = new List<Action<NpgsqlDataReader, StoredState>>();
        void Add<TRow>(string sql, Func<EnvelopeWork, IEnumerable<TRow>> rowsOf, Action<NpgsqlDataReader, StoredState> read, params ReadOnlySpan<Column<TRow>> keys) =>
            AddRead(batch, works, readers, sql, rowsOf, read, keys);

        Add(
            LedgerRows.Days,
            work => work.Received.Envelope.Days,
            (row, state) => state.Days[row.GetFieldValue<DateOnly>(2)] = LedgerRows.ReadDay(row),
            new ValueColumn<DaySnapshot, DateOnly>("bucket_day", "date", day => day.Day));
        AddUnnamed(batch, works, readers);
        Add(Sessions, work => work.Received.Envelope.Sessions, ReadSession, new ValueColumn<SessionSummary, string>("session_id", "text", session => session.SessionId));
        Add(
            Windows,
            work => work.Received.Envelope.Windows,
            ReadWindow,
            new ValueColumn<WindowSummary, string>("provider", "text", window => window.Key.Provider),
            new ValueColumn<WindowSummary, DateTime>("started_at", "timestamptz", window => window.Key.StartedAt.UtcDateTime));
        Add(
            Quarantined,
            QuarantineNames,
            (row, state) => state.Quarantined[row.GetGuid(2)] = row.GetFieldValue<byte[]>(3),
            new ValueColumn<Guid, Guid>("id", "uuid", id => id));
        return readers;
    }

    private static void AddRead<TRow>(
        NpgsqlBatch batch,
        IReadOnlyList<EnvelopeWork> works,
        List<Action<NpgsqlDataReader, StoredState>> readers,
        string sql,
        Func<EnvelopeWork, IEnumerable<TRow>> rowsOf,
        Action<NpgsqlDataReader, StoredState> read,
        params ReadOnlySpan<Column<TRow>> keys)
    {
        var rows = new List<TRow>();
        var workspaces = new List<string>();
        var devices = new List<string>();
        foreach (var work in works)
        {
            foreach (var row in rowsOf(work))
            {
                rows.Add(row);
                workspaces.Add(work.WorkspaceId);
                devices.Add(work.DeviceId);
            }
        }

        if (rows.Count == 0) return;
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. workspaces] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. devices] });
        foreach (var key in keys) command.Parameters.Add(key.Bind(rows));
        batch.BatchCommands.Add(command);
        readers.Add(read);
    }

    private static void AddUnnamed(NpgsqlBatch batch, IReadOnlyList<EnvelopeWork> works, List<Action<NpgsqlDataReader, StoredState>> readers)
    {
        var complete = works.Where(work => work.Received is { IsCompleteByDay: true, Envelope.EarliestDay: not null }).ToList();
        if (complete.Count == 0) return;
        var named = complete.SelectMany(work => work.Received.Envelope.Days.Select(day => (Work: work, day.Day))).ToList();
        var command = new NpgsqlBatchCommand(LedgerRows.UnnamedDays);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. complete.Select(work => work.WorkspaceId)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. complete.Select(work => work.DeviceId)] });
        command.Parameters.Add(new NpgsqlParameter<DateOnly[]> { TypedValue = [.. complete.Select(work => work.Received.Envelope.EarliestDay!.Value)] });
        command.Parameters.Add(new NpgsqlParameter<DateOnly[]> { TypedValue = [.. complete.Select(work => work.Received.Envelope.LatestDay!.Value)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. named.Select(day => day.Work.WorkspaceId)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. named.Select(day => day.Work.DeviceId)] });
        command.Parameters.Add(new NpgsqlParameter<DateOnly[]> { TypedValue = [.. named.Select(day => day.Day)] });
        batch.BatchCommands.Add(command);
        readers.Add((row, state) => state.UnnamedDays.Add(LedgerRows.ReadDay(row)));
    }

    /// <summary>Usable rows are looked up too where the device has anything in quarantine that they could settle.</summary>
    private static IEnumerable<Guid> QuarantineNames(EnvelopeWork work)
    {
        var rejected = work.Received.Envelope.Rejected.Select(row => row.QuarantineId);
        return work.Stored.Device.QuarantinedRows > 0 ? rejected.Concat(work.Received.Envelope.UsableRowNames()) : rejected;
    }

    private static async Task ReadDevicesAsync(NpgsqlDataReader reader, IReadOnlyList<EnvelopeWork> works, CancellationToken cancellation)
    {
        foreach (var work in works)
        {
            work.Stored = new StoredState(DeviceState.Unknown);
            work.StoredClock = DeviceClock.Unseen;
        }

        while (await reader.ReadAsync(cancellation))
        {
            var work = Find(works, reader);
            var device = ReadDevice(reader);
            work.Stored = new StoredState(device);
            work.StoredClock = new DeviceClock(device.ClockEpoch, null);
            if (reader.IsDBNull(20)) continue;
            var seen = new DeviceClock(
                reader.GetInt32(20),
                reader.InstantAt(21),
                reader.MillisecondsAt(22),
                reader.InstantAt(23),
                reader.MillisecondsAt(24),
                reader.InstantAt(25));
            work.StoredClock = work.StoredClock.MergedWith(seen);
        }
    }

    private static DeviceState ReadDevice(NpgsqlDataReader row) => new(
        IsRegistered: true,
        row.TextAt(2),
        row.GetInt32(3),
        row.GetInt64(4),
        row.GetInt64(5),
        new DeviceProgress
        {
            ConfirmedDay = row.DayAt(6),
            ContinuesAfter = row.DayAt(7),
            Rewind = row.DayAt(8) is { } from
                ? new Rewind(from, row.InstantAt(9)!.Value, RewindReasons.Parse(row.GetString(10)), row.GetInt32(11), row.GetFieldValue<DateOnly>(19), row.GetBoolean(12))
                : null,
            VerifyFrom = row.DayAt(13),
            Requested = row.DayAt(14) is { } requested ? new RewindRequest(requested, row.GetBoolean(15)) : null,
            LookBackAt = row.InstantAt(16),
            FullLookBackOn = row.DayAt(17),
            SharedSeenAt = row.InstantAt(18),
        });

    private static async Task ReadResultsAsync(
        NpgsqlDataReader reader, List<Action<NpgsqlDataReader, StoredState>> readers, IReadOnlyList<EnvelopeWork> works, CancellationToken cancellation)
    {
        foreach (var read in readers)
        {
            while (await reader.ReadAsync(cancellation)) read(reader, Find(works, reader).Stored);
            await reader.NextResultAsync(cancellation);
        }
    }

    private static EnvelopeWork Find(IReadOnlyList<EnvelopeWork> works, NpgsqlDataReader reader)
    {
        if (works.Count == 1) return works[0];
        var device = (reader.GetString(0), reader.GetString(1));
        foreach (var work in works)
        {
            if (work.Device == device) return work;
        }

        throw new InvalidOperationException("The database answered for a device that was not asked for.");
    }

    private static void ReadSession(NpgsqlDataReader row, StoredState state)
    {
        var session = new StoredSession
        {
            SessionId = row.GetString(2),
            Provider = row.GetString(3),
            StartedAt = row.InstantAt(4)!.Value,
            EndedAt = row.InstantAt(5),
            DurationMs = row.IsDBNull(6) ? null : row.GetInt64(6),
            RepoId = row.TextAt(7),
            GitBranch = row.TextAt(8),
            Ticket = row.TextAt(9),
            TicketSource = row.TextAt(10),
            Surface = row.GetString(11),
            MessageCount = row.GetInt64(12),
            TotalInputTokens = row.GetInt64(13),
            TotalOutputTokens = row.GetInt64(14),
            TotalCost = row.GetInt64(15),
            PrimaryModel = row.TextAt(16),
            Title = row.TextAt(17),
            ContextDragState = row.TextAt(18),
            ContextDragMetric = row.MeasureAt(19),
            CacheEfficiencyState = row.TextAt(20),
            CacheEfficiencyMetric = row.MeasureAt(21),
            ThrashingState = row.TextAt(22),
            ThrashingMetric = row.MeasureAt(23),
            CostAccelerationState = row.TextAt(24),
            CostAccelerationMetric = row.MeasureAt(25),
            OverallState = row.TextAt(26),
            Order = row.OrderAt(27),
        };
        state.Sessions[session.SessionId] = session;
    }

    private static void ReadWindow(NpgsqlDataReader row, StoredState state)
    {
        var key = new WindowKey(row.GetString(2), row.InstantAt(3)!.Value);
        state.Windows[key] = new StoredWindow(
            new WindowSummary
            {
                Key = key,
                EndedAt = row.InstantAt(4)!.Value,
                DurationMinutes = row.GetDouble(5),
                IsActive = row.GetBoolean(6),
                HitRateLimit = row.GetBoolean(7),
                MessageCount = row.GetInt64(8),
                InputTokens = row.GetInt64(9),
                OutputTokens = row.GetInt64(10),
                CacheCreationTokens = row.GetInt64(11),
                CacheReadTokens = row.GetInt64(12),
                Cost = row.GetInt64(13),
                BurnRateCentsPerMinute = row.GetDouble(14),
                Surface = row.GetString(15),
            },
            row.OrderAt(16));
    }
}
