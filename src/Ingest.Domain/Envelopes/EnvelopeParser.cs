using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Ingest.Domain.Identity;
using Ingest.Domain.Ledger;
using Ingest.Domain.Privacy;
using Ingest.Domain.Validation;

namespace Ingest.Domain.Envelopes;

/// <summary>From the bytes of a body to an <see cref="Envelope"/>, or to what is wrong with them.</summary>
public static class EnvelopeParser
{
    /// <summary>Up to here comparing all with all is cheaper than a table.</summary>
    private const int FewRows = 16;

    private static readonly EnvelopeFrameValidator FrameValidator = new();

    /// <summary>The shapes that passed, of which the rules leave few.</summary>
    private static readonly ConcurrentDictionary<FrameShape, bool> RightShapes = new();

    /// <param name="body">The whole body, decompressed.</param>
    /// <param name="freeText">What becomes of texts that look like paths or addresses.</param>
    public static ParsedEnvelope Parse(ReadOnlySpan<byte> body, FreeTextPolicy freeText = FreeTextPolicy.Redact)
    {
        if (EnvelopeReader.Read(body, freeText, out var draft) is { } notJson) return new ParsedEnvelope.NotJson(notJson);
        if (draft is null) return new ParsedEnvelope.Invalid(null, [new Issue("$", IssueCodes.WrongType, "The body must be a JSON object.")]);
        try
        {
            var judged = Judge(draft);
            return draft.AnyDropped is { } dropped ? judged with { Dropped = dropped } : judged;
        }
        finally
        {
            draft.Return();
        }
    }

    /// <summary>
    /// One row out of quarantine, under the rules of today: an envelope with that row alone, usable or rejected. It says nothing of the
    /// other rows of its day, nor of the device's label.
    /// </summary>
    /// <param name="kind">Which payload array it stood in.</param>
    /// <param name="raw">The row as it was kept.</param>
    /// <param name="workspaceId">The workspace it was kept in.</param>
    /// <param name="deviceId">The device, as it is stored.</param>
    /// <param name="schemaVersion">The version of the envelope it came in.</param>
    /// <param name="sentAt">The stamp of that envelope.</param>
    /// <param name="freeText">As of a body; only that no row is rejected for such a text again: taking it out of quarantine is a person's decision.</param>
    public static Envelope ParseRow(
        RowKind kind, ReadOnlySpan<byte> raw, string workspaceId, string deviceId, int schemaVersion, DateTimeOffset sentAt, FreeTextPolicy freeText = FreeTextPolicy.Redact)
    {
        var draft = EnvelopeReader.ReadSingle(kind, raw, freeText == FreeTextPolicy.Keep ? freeText : FreeTextPolicy.Redact);
        var frame = draft.Frame;
        frame.SchemaVersion = schemaVersion;
        frame.WorkspaceId = workspaceId;
        frame.WorkspaceIdShape = FieldShape.Present;
        frame.SyncedAt = sentAt;
        var envelope = ToEnvelope(draft, deviceId);
        draft.Return();
        return envelope;
    }

    private static ParsedEnvelope Judge(EnvelopeDraft draft)
    {
        var frame = draft.Frame;
        DeviceId.TryNormalise(frame.DeviceId, out var deviceId);
        if (frame.SchemaVersion is not (>= SchemaVersion.Oldest and <= SchemaVersion.Newest))
        {
            return new ParsedEnvelope.UnsupportedVersion(deviceId, SchemaVersion.Unsupported(frame.SchemaVersionText));
        }

        var shape = frame.ShapeWith(validDeviceId: deviceId is not null);
        if (!RightShapes.ContainsKey(shape))
        {
            var judged = FrameValidator.Validate(shape);
            if (!judged.IsValid)
            {
                return new ParsedEnvelope.Invalid(
                    deviceId,
                    judged.Errors.ConvertAll(error => new Issue(
                        error.PropertyName == EnvelopeFrameValidator.Duplicate ? frame.DuplicateField! : "$." + error.PropertyName, error.ErrorCode, error.ErrorMessage)));
            }

            RightShapes.TryAdd(shape, true);
        }

        if (draft.HasTooManyBadRows)
        {
            return new ParsedEnvelope.Invalid(
                deviceId, [new Issue("$.payload", IssueCodes.TooManyBadRows, $"More than {EnvelopeLimits.QuarantinedRows} rows cannot be used.")]);
        }

        return new ParsedEnvelope.Accepted(ToEnvelope(draft, deviceId!));
    }

    private static Envelope ToEnvelope(EnvelopeDraft draft, string deviceId)
    {
        var frame = draft.Frame;
        var days = GroupByDay(draft.Rollups.Rows);
        DateOnly? earliest = days.Length == 0 ? null : days[0].Day;
        DateOnly? latest = days.Length == 0 ? null : days[^1].Day;
        foreach (var rejected in draft.Rejected.Rows)
        {
            if (rejected.BucketDay > (latest ?? DateOnly.MinValue)) latest = rejected.BucketDay;
            if (rejected.BucketDay < (earliest ?? DateOnly.MaxValue)) earliest = rejected.BucketDay;
        }

        return new Envelope
        {
            SchemaVersion = (int)frame.SchemaVersion!.Value,
            DeviceId = deviceId,
            WorkspaceId = frame.Workspace!,
            Label = frame.Label,
            SyncedAt = frame.SyncedAt,
            Days = days,
            Sessions = LastOfEach(draft.Sessions.Rows, session => session.SessionId),
            Windows = LastOfEach(draft.Windows.Rows, window => window.Key),
            Rejected = LastOfEach(draft.Rejected.Rows, row => row.QuarantineId),
            EarliestDay = earliest,
            LatestDay = latest,
            PayloadHash = HashOf(days, frame.OtherRows),
        };
    }

    private static UInt128 HashOf(IReadOnlyList<DaySnapshot> days, RunningHash otherRows)
    {
        foreach (var day in days) otherRows.Append(day.Digest.ToBytes());
        return otherRows.Value;
    }

    private static DaySnapshot[] GroupByDay(ReadOnlySpan<DailyRollup> sent)
    {
        var rows = InKeyOrder(sent);
        var days = 0;
        for (var i = 0; i < rows.Length; i++) days += BeginsDay(rows.Span, i) ? 1 : 0;

        var snapshots = new DaySnapshot[days];
        for (var end = rows.Length; end > 0;)
        {
            var start = end - 1;
            while (!BeginsDay(rows.Span, start)) start--;
            snapshots[--days] = new DaySnapshot(rows.Span[start].Key.BucketDay, rows[start..end]);
            end = start;
        }

        return snapshots;
    }

    private static bool BeginsDay(ReadOnlySpan<DailyRollup> rows, int at) => at == 0 || rows[at].Key.BucketDay != rows[at - 1].Key.BucketDay;

    /// <summary>Sorted by key; of equal keys the last one sent stays. A key twice in one statement is an error in Postgres (C§5 D).</summary>
    private static ReadOnlyMemory<DailyRollup> InKeyOrder(ReadOnlySpan<DailyRollup> sent)
    {
        if (IsInKeyOrder(sent)) return sent.ToArray();

        var pool = ArrayPool<PlacedRollup>.Shared;
        var buffer = pool.Rent(sent.Length);
        try
        {
            var placed = buffer.AsSpan(0, sent.Length);
            for (var i = 0; i < placed.Length; i++) placed[i] = new PlacedRollup(sent[i], i);
            placed.Sort(default(PlacedRollup.Order));

            var kept = new DailyRollup[placed.Length];
            var count = 0;
            for (var i = 0; i < placed.Length; i++)
            {
                if (count > 0 && kept[count - 1].Key.CompareTo(placed[i].Row.Key) == 0) count--;
                kept[count++] = placed[i].Row;
            }

            return kept.AsMemory(0, count);
        }
        finally
        {
            pool.Return(buffer, clearArray: true);
        }
    }

    private static bool IsInKeyOrder(ReadOnlySpan<DailyRollup> rows)
    {
        for (var i = 1; i < rows.Length; i++)
        {
            if (rows[i - 1].Key.CompareTo(rows[i].Key) >= 0) return false;
        }

        return true;
    }

    private static TRow[] LastOfEach<TRow, TKey>(ReadOnlySpan<TRow> sent, Func<TRow, TKey> keyOf)
        where TKey : notnull
    {
        var rows = sent.ToArray();
        if (!MayRepeat(rows, keyOf)) return rows;
        var places = new Dictionary<TKey, int>(rows.Length);
        var count = 0;
        foreach (var row in rows)
        {
            ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(places, keyOf(row), out var isRepeated);
            if (!isRepeated) place = count++;
            rows[place] = row;
        }

        return rows[..count];
    }

    private static bool MayRepeat<TRow, TKey>(TRow[] rows, Func<TRow, TKey> keyOf)
    {
        if (rows.Length > FewRows) return true;
        var same = EqualityComparer<TKey>.Default;
        for (var i = 1; i < rows.Length; i++)
        {
            var key = keyOf(rows[i]);
            for (var j = 0; j < i; j++)
            {
                if (same.Equals(keyOf(rows[j]), key)) return true;
            }
        }

        return false;
    }
}
