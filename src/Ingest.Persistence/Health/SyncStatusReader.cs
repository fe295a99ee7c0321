using Ingest.Domain.Devices;
using Ingest.Domain.Health;
using Ingest.Domain.Identity;
using Ingest.Domain.Ledger;
using Ingest.Domain.Privacy;
using Ingest.Persistence.Attempts;
using Ingest.Persistence.Devices;
using Ingest.Persistence.Envelopes;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Tenancy;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Ingest.Persistence.Health;

/// <summary>
/// Status from a few rows in one round trip: the device and its last rewinds, its contact and the key it last used. What this process has
/// not written behind yet is laid over them. Asked about as often as envelopes come, so without Entity Framework.
/// </summary>
internal sealed class SyncStatusReader(NpgsqlDataSource database, SnapshotReads snapshots, DeviceContacts contacts) : ISyncStatusReader
{
    private const string DeviceColumns = """
        d.device_id, d.label, d.first_contact_at, d.confirmed_day, d.rollup_rows, d.session_rows, d.window_rows, d.quarantined_rows,
        d.rewind_from, d.rewind_since, d.rewind_reason, d.rewind_unheeded, d.rewind_verifies, d.requested_from, d.requested_verify,
        d.look_back_at, d.full_look_back_on, d.shared_seen_at,
        c.last_attempt_id, c.last_attempt_at, c.last_http_status, c.last_code, c.last_detail, c.last_stored_at, c.failing_since, c.healthy_since,
        c.clock_skew_ms,

        """;

    private const string OtherColumns = """
        d.restored_at, d.restored_through, d.standing, d.standing_reason, d.standing_since, (
            SELECT o.device_id FROM device_merges AS m JOIN devices AS o ON o.workspace_id = $1 AND o.device_id = m.into_device_id
            WHERE m.workspace_id = $1 AND m.device_id = d.device_id AND ($2::uuid IS NULL OR o.owner_user_id = $2)),
        d.continues_after, k.prefix, k.revoked_at, k.expires_at
        """;

    /// <summary>How many columns <see cref="Describe"/> takes.</summary>
    private const int Columns = 38;

    /// <summary>
    /// A poll tells of the key, not of the device: it vouches for a device only where no other one uses the key. Whether one does is looked up in
    /// the order of an index: told only that keys are equal, Postgres may find it cheaper to read all contacts.
    /// </summary>
    private const string Single = "SELECT " + DeviceColumns + """
        CASE WHEN k.last_polled_at IS NOT NULL AND (
            SELECT count(*) FROM (SELECT o.key_id FROM device_contacts AS o WHERE o.workspace_id = $1 AND o.key_id >= k.key_id ORDER BY o.key_id LIMIT 2) AS two
            WHERE two.key_id = k.key_id) < 2 THEN k.last_polled_at END,

        """ + OtherColumns;

    /// <summary>With the key and the time of the last attempt this process knows of, as s: another instance may have been in contact since.</summary>
    private const string Contacts = """

        LEFT JOIN device_contacts AS c ON c.workspace_id = $1 AND c.device_id = d.device_id
        LEFT JOIN api_keys AS k ON k.workspace_id = $1 AND k.key_id = CASE WHEN s.at IS NULL OR c.last_attempt_at > s.at THEN c.key_id ELSE s.key_id END
        """;

    /// <summary>Of devices asked for as s.</summary>
    private const string Joins = "JOIN devices AS d ON d.workspace_id = $1 AND d.device_id = s.device_id AND ($2::uuid IS NULL OR d.owner_user_id = $2)" + Contacts;

    private const string OneDevice = Single + "\nFROM (SELECT $3::text AS device_id, $4::uuid AS key_id, $5::timestamptz AS at) AS s\n" + Joins;

    private const string SeveralDevices = Single + "\nFROM unnest($3::text[], $4::uuid[], $5::timestamptz[]) AS s (device_id, key_id, at)\n" + Joins;

    /// <summary>All that somebody sees, with the columns of <see cref="DeviceReader"/> behind. Here all contacts are read anyway, so which keys are shared is told by those.</summary>
    private const string WholeFleet = "SELECT " + DeviceColumns + "CASE WHEN w.key_id IS NULL THEN k.last_polled_at END,\n" + OtherColumns + ", " + DeviceReader.Columns + """

        LEFT JOIN unnest($3::text[], $4::uuid[], $5::timestamptz[]) AS s (device_id, key_id, at) ON s.device_id = d.device_id
        """ + Contacts + """

        LEFT JOIN (SELECT key_id FROM device_contacts WHERE workspace_id = $1 GROUP BY key_id HAVING count(*) > 1) AS w ON w.key_id = k.key_id
        WHERE d.workspace_id = $1 AND ($2::uuid IS NULL OR d.owner_user_id = $2)
        """;

    private static readonly string PastRewinds = $"""
        SELECT from_day, reason, since, ended_at, outcome FROM device_rewinds
        WHERE workspace_id = $1 AND device_id = $2 AND ended_at IS NOT NULL AND outcome IS NOT NULL ORDER BY since DESC LIMIT {DeviceRewinds.MostPast}
        """;

    private const string IsRegisteredOrDeleted = """
        SELECT EXISTS (SELECT FROM devices WHERE workspace_id = $1 AND device_id = $2) OR EXISTS (SELECT FROM deleted_devices WHERE workspace_id = $1 AND device_hash = $3)
        """;

    private const string DroppedFields = "SELECT name, times, last_at FROM dropped_fields WHERE workspace_id = $1 AND device_id = $2 ORDER BY name";

    public Task<DeviceStatus?> FindAsync(Caller caller, string deviceId, CancellationToken cancellation) => DatabaseFailure.AskedAsync(async () =>
    {
        var seen = contacts.Peek(caller.WorkspaceId, deviceId);
        return await FindRegisteredAsync(caller, deviceId, seen, cancellation) ?? await FindRefusedAsync(caller, deviceId, seen, cancellation);
    });

    public Task<IReadOnlyList<DeviceStatus>> FindAllAsync(Caller caller, IReadOnlyCollection<string> deviceIds, CancellationToken cancellation) =>
        DatabaseFailure.AskedAsync<IReadOnlyList<DeviceStatus>>(async () =>
        {
            var seen = deviceIds.ToDictionary(device => device, device => contacts.Peek(caller.WorkspaceId, device), StringComparer.Ordinal);
            await using var batch = new ScopedBatch(database, WorkspaceScope.Of(caller.WorkspaceId));
            batch.Add(SeveralDevices).AddRange(Asked(caller, seen));
            await using var row = await batch.ReadAsync(cancellation);
            var found = new List<DeviceStatus>();
            while (await row.ReadAsync(cancellation)) found.Add(Describe(row, seen[row.GetString(0)]));
            return found;
        });

    /// <summary>All devices the caller sees, within a snapshot that holds more than them.</summary>
    public async Task<IReadOnlyList<(DeviceRecord Record, DeviceStatus Status)>> ReadFleetAsync(IngestDbContext context, Caller caller, CancellationToken cancellation)
    {
        var seen = contacts.PeekAll(caller.WorkspaceId);
        await using var command = SnapshotReads.Command(context, WholeFleet, Asked(caller, seen));
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var fleet = new List<(DeviceRecord, DeviceStatus)>();
        while (await row.ReadAsync(cancellation)) fleet.Add((DeviceReader.Read(row, Columns), Describe(row, seen.GetValueOrDefault(row.GetString(0)))));
        return fleet;
    }

    private static NpgsqlParameter[] Asked(Caller caller, Dictionary<string, ContactFacts?> seen) =>
    [
        new NpgsqlParameter<string> { TypedValue = caller.WorkspaceId },
        VisibleDevices.OwnerOf(caller),
        new NpgsqlParameter<string[]> { TypedValue = [.. seen.Keys] },
        new NpgsqlParameter<Guid?[]> { TypedValue = [.. seen.Values.Select(facts => facts?.LastAttempt.KeyId)], DataTypeName = "uuid[]" },
        new NpgsqlParameter<DateTime?[]> { TypedValue = [.. seen.Values.Select(facts => facts?.LastAttempt.At.UtcDateTime)], DataTypeName = "timestamptz[]" },
    ];

    private async Task<DeviceStatus?> FindRegisteredAsync(Caller caller, string deviceId, ContactFacts? seen, CancellationToken cancellation)
    {
        await using var batch = new ScopedBatch(database, WorkspaceScope.Of(caller.WorkspaceId));
        var device = batch.Add(OneDevice);
        device.Add(new NpgsqlParameter<string> { TypedValue = caller.WorkspaceId });
        device.Add(VisibleDevices.OwnerOf(caller));
        device.Add(new NpgsqlParameter<string> { TypedValue = deviceId });
        device.Add(new NpgsqlParameter<Guid?> { TypedValue = seen?.LastAttempt.KeyId, DataTypeName = "uuid" });
        device.Add(new NpgsqlParameter<DateTime?> { TypedValue = seen?.LastAttempt.At.UtcDateTime, DataTypeName = "timestamptz" });
        batch.Add(OfDevice(PastRewinds, caller, deviceId));
        batch.Add(OfDevice(DroppedFields, caller, deviceId));

        await using var row = await batch.ReadAsync(cancellation);
        if (!await row.ReadAsync(cancellation)) return null;
        var status = Describe(row, seen);
        await row.NextResultAsync(cancellation);
        var rewinds = new List<PastRewind>();
        while (await row.ReadAsync(cancellation))
            rewinds.Add(new PastRewind(row.GetFieldValue<DateOnly>(0), row.GetString(1), row.InstantAt(2)!.Value, row.InstantAt(3)!.Value, row.GetString(4)));
        await row.NextResultAsync(cancellation);
        var dropped = new List<DroppedFieldCount>();
        while (await row.ReadAsync(cancellation))
        {
            // An older version may have known names that this one does not.
            if (ForbiddenFields.Of(row.GetString(0)) is { } field) dropped.Add(new DroppedFieldCount(field, row.GetInt64(1), row.InstantAt(2)!.Value));
        }

        return status with { Rewinds = status.Rewinds with { Past = rewinds }, DroppedFields = dropped };
    }

    private static NpgsqlBatchCommand OfDevice(string sql, Caller caller, string deviceId)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = caller.WorkspaceId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = deviceId });
        return command;
    }

    private static DeviceStatus Describe(NpgsqlDataReader row, ContactFacts? seen)
    {
        var stored = ContactAt(row, 18);
        var polledAt = row.InstantAt(27);
        var isLater = seen is not null && (stored is null || seen.LastAttempt.At >= stored.LastAttempt.At);
        var last = isLater ? seen!.LastAttempt.Summary : stored?.LastAttempt;
        var lastStoredAt = seen?.LastStoredAt > stored?.LastStoredAt ? seen.LastStoredAt : stored?.LastStoredAt ?? seen?.LastStoredAt;
        var failingSince = isLater ? FailingSince(seen!, stored) : stored?.FailingSince;
        var skew = isLater && seen!.ClockSkew is { } observed ? observed : stored?.ClockSkew ?? seen?.ClockSkew;
        var firstContactAt = row.InstantAt(2)!.Value;
        return new DeviceStatus
        {
            DeviceId = row.GetString(0),
            Label = row.TextAt(1),
            ConfirmedDay = row.DayAt(3),
            ContinuesAfter = row.DayAt(34),
            LastKey = row.TextAt(35) is { } prefix ? new LastKey(prefix, row.InstantAt(36), row.InstantAt(37)) : null,
            Facts = new DeviceFacts(
                firstContactAt, lastStoredAt, polledAt, failingSince, HealthySince(seen, stored), last?.HttpStatus, last?.Code, last?.Detail, skew, row.InstantAt(17))
            {
                Standing = DeviceStandingColumn.Read(row.GetString(30)),
                StandingReason = row.TextAt(31),
                StandingSince = row.InstantAt(32),
            },
            LastSeenAt = polledAt > last?.At ? polledAt : last?.At ?? firstContactAt,
            ClockSkew = skew,
            LastAttempt = last,
            RollupRows = row.GetInt64(4),
            SessionRows = row.GetInt64(5),
            WindowRows = row.GetInt64(6),
            QuarantinedRows = row.GetInt64(7),
            Rewinds = new DeviceRewinds(
                row.DayAt(8) is { } from && row.InstantAt(9) is { } since && row.TextAt(10) is { } reason
                    ? new PendingRewind(from, reason, since, row.GetInt32(11), row.GetBoolean(12))
                    : null,
                row.DayAt(13) is { } requested ? new RequestedRewind(requested, row.GetBoolean(14)) : null,
                [],
                row.InstantAt(15),
                row.DayAt(16)),
            Gap = row.InstantAt(28) is { } restored ? new BackupGap(restored, row.DayAt(29)) : null,
            MergedInto = row.TextAt(33),
        };
    }

    private static StoredContact? ContactAt(NpgsqlDataReader row, int first) => row.IsDBNull(first)
        ? null
        : new StoredContact(
            new AttemptSummary(row.GetGuid(first), row.InstantAt(first + 1)!.Value, row.GetInt16(first + 2), row.TextAt(first + 3), row.TextAt(first + 4)),
            row.InstantAt(first + 5),
            row.InstantAt(first + 6),
            row.InstantAt(first + 7),
            row.MillisecondsAt(first + 8));

    /// <summary>What is stored, unless an envelope that is not written behind yet has ended a refusal or a long silence.</summary>
    private static DateTimeOffset? HealthySince(ContactFacts? seen, StoredContact? stored)
    {
        if (seen?.LastStoredAt is not { } lately) return stored?.HealthySince;
        return stored?.HealthySince is { } since && !(lately - stored.LastStoredAt > SyncHealth.LateAfter) ? since : lately;
    }

    /// <summary>A device of which nothing was ever stored is not registered, but whoever's envelopes are refused asks here why.</summary>
    private Task<DeviceStatus?> FindRefusedAsync(Caller caller, string deviceId, ContactFacts? seen, CancellationToken cancellation) =>
        snapshots.ReadAsync(caller.WorkspaceId, context => FindRefusedAsync(context, caller, deviceId, seen, cancellation), cancellation);

    private async Task<DeviceStatus?> FindRefusedAsync(
        IngestDbContext context, Caller caller, string deviceId, ContactFacts? seen, CancellationToken cancellation)
    {
        // A device that is registered, and not the caller's, has left attempts too; they are no more the caller's than the device. And of one that was
        // deleted this process may still know something.
        await using var isKnown = SnapshotReads.Command(
            context,
            IsRegisteredOrDeleted,
            new NpgsqlParameter<string> { TypedValue = caller.WorkspaceId },
            new NpgsqlParameter<string> { TypedValue = deviceId },
            new NpgsqlParameter<byte[]> { TypedValue = DeletedDevice.HashOf(caller.WorkspaceId, deviceId) });
        if (await isKnown.ExecuteScalarAsync(cancellation) is true) return null;

        if (seen is not null && (caller.SeesAllDevices || seen.LastAttempt.KeyId == caller.KeyId))
        {
            return Refused(deviceId, seen.LastAttempt.Summary, seen.FailingSince ?? seen.LastAttempt.At, seen.ClockSkew);
        }

        var attempts = context.Set<SyncAttemptRow>().Where(row => row.WorkspaceId == caller.WorkspaceId && row.DeviceId == deviceId);
        if (!caller.SeesAllDevices)
        {
            attempts = attempts.Where(row => context.ApiKeys.Any(key =>
                key.WorkspaceId == row.WorkspaceId && key.KeyId == row.KeyId && key.UserId == caller.UserId));
        }

        var last = await attempts.OrderByDescending(row => row.ReceivedAt).FirstOrDefaultAsync(cancellation);
        if (last is null) return null;
        var at = contacts.CountOf(caller.WorkspaceId, deviceId, last.KeyId, last.AttemptId)?.LastReceivedAt ?? last.LastReceivedAt;
        return Refused(deviceId, new AttemptSummary(last.AttemptId, at, last.HttpStatus, last.Code, last.Detail), last.ReceivedAt, null);
    }

    private static DeviceStatus Refused(string deviceId, AttemptSummary last, DateTimeOffset since, TimeSpan? skew) => new()
    {
        DeviceId = deviceId,
        Label = null,
        ConfirmedDay = null,
        Facts = new DeviceFacts(since, null, null, since, null, last.HttpStatus, last.Code, last.Detail, skew),
        LastSeenAt = last.At,
        ClockSkew = skew,
        LastAttempt = last,
        RollupRows = 0,
        SessionRows = 0,
        WindowRows = 0,
        QuarantinedRows = 0,
        Rewinds = DeviceRewinds.None,
    };

    /// <summary>What this process takes for one row of refusals another one may know to be older, or broken by an envelope it accepted.</summary>
    private static DateTimeOffset? FailingSince(ContactFacts seen, StoredContact? stored)
    {
        if (seen.FailingSince is not { } since || stored is null) return seen.FailingSince;
        return stored.FailingSince ?? (stored.LastStoredAt > since ? seen.LastAttempt.At : since);
    }
}
