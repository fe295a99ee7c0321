using Ingest.Domain.Identity;
using Ingest.Domain.Ledger;
using Ingest.Domain.Validation;

namespace Ingest.Domain.Envelopes;

/// <summary>From the bytes of a body to an <see cref="Envelope"/>, or to what is wrong with them.</summary>
public static class EnvelopeParser
{
    private static readonly EnvelopeFrameValidator FrameValidator = new();

    /// <param name="body">The whole body, decompressed.</param>
    public static ParsedEnvelope Parse(ReadOnlySpan<byte> body)
    {
        if (EnvelopeReader.Read(body, out var draft) is { } notJson) return new ParsedEnvelope.NotJson(notJson);
        if (draft is null) return new ParsedEnvelope.Invalid(null, [new Issue("$", IssueCodes.WrongType, "The body must be a JSON object.")]);

        var frame = draft.Frame;
        DeviceId.TryNormalise(frame.DeviceId, out var deviceId);
        if (frame.SchemaVersion is not (>= SchemaVersion.Oldest and <= SchemaVersion.Newest))
        {
            return new ParsedEnvelope.UnsupportedVersion(deviceId, SchemaVersion.Unsupported(frame.SchemaVersionText));
        }

        var judged = FrameValidator.Validate(frame);
        if (!judged.IsValid)
        {
            return new ParsedEnvelope.Invalid(
                deviceId,
                judged.Errors.ConvertAll(error => new Issue(error.PropertyName == EnvelopeFrameValidator.Duplicate ? frame.DuplicateField! : "$." + error.PropertyName, error.ErrorCode, error.ErrorMessage)));
        }

        if (draft.HasTooManyBadRows)
        {
            return new ParsedEnvelope.Invalid(
                deviceId, [new Issue("$.payload", IssueCodes.TooManyBadRows, $"More than {EnvelopeLimits.QuarantinedRows} rows cannot be used.")]);
        }

        return new ParsedEnvelope.Accepted(ToEnvelope(draft, deviceId!));
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
    public static Envelope ParseRow(RowKind kind, ReadOnlySpan<byte> raw, string workspaceId, string deviceId, int schemaVersion, DateTimeOffset sentAt)
    {
        var draft = EnvelopeReader.ReadSingle(kind, raw);
        var frame = draft.Frame;
        frame.SchemaVersion = schemaVersion;
        frame.WorkspaceId = workspaceId;
        frame.WorkspaceIdShape = FieldShape.Present;
        frame.SyncedAt = sentAt;
        return ToEnvelope(draft, deviceId);
    }

    private static Envelope ToEnvelope(EnvelopeDraft draft, string deviceId)
    {
        var frame = draft.Frame;
        var days = GroupByDay(draft.Rollups);
        DateOnly? earliest = days.Count == 0 ? null : days[0].Day;
        DateOnly? latest = days.Count == 0 ? null : days[^1].Day;
        foreach (var rejected in draft.Rejected)
        {
            if (rejected.BucketDay > (latest ?? DateOnly.MinValue)) latest = rejected.BucketDay;
            if (rejected.BucketDay < (earliest ?? DateOnly.MaxValue)) earliest = rejected.BucketDay;
        }

        return new Envelope
        {
            SchemaVersion = (int)frame.SchemaVersion!.Value,
            DeviceId = deviceId,
            WorkspaceId = frame.WorkspaceIdShape == FieldShape.Present ? frame.WorkspaceId! : frame.OrgId!,
            Label = frame.Label,
            SyncedAt = frame.SyncedAt,
            Days = days,
            Sessions = LastOfEach(draft.Sessions, session => session.SessionId),
            Windows = LastOfEach(draft.Windows, window => window.Key),
            Rejected = LastOfEach(draft.Rejected, row => row.QuarantineId),
            EarliestDay = earliest,
            LatestDay = latest,
            PayloadHash = frame.PayloadHash,
        };
    }

    /// <summary>Sorts by key; of equal keys the last one sent stays. A key twice in one statement is an error in Postgres (C§5 D).</summary>
    private static List<DaySnapshot> GroupByDay(List<DailyRollup> sent)
    {
        var days = new List<DaySnapshot>();
        if (sent.Count == 0) return days;

        var rows = new (DailyRollup Row, int Place)[sent.Count];
        for (var i = 0; i < rows.Length; i++) rows[i] = (sent[i], i);
        Array.Sort(rows, static (left, right) =>
        {
            var order = left.Row.Key.CompareTo(right.Row.Key);
            return order != 0 ? order : left.Place.CompareTo(right.Place);
        });

        var kept = new DailyRollup[rows.Length];
        var count = 0;
        var start = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            var row = rows[i].Row;
            if (i + 1 < rows.Length && rows[i + 1].Row.Key == row.Key) continue;
            if (count > start && kept[start].Key.BucketDay != row.Key.BucketDay)
            {
                days.Add(new DaySnapshot(kept[start].Key.BucketDay, kept.AsMemory(start, count - start)));
                start = count;
            }

            kept[count++] = row;
        }

        days.Add(new DaySnapshot(kept[start].Key.BucketDay, kept.AsMemory(start, count - start)));
        return days;
    }

    private static List<TRow> LastOfEach<TRow, TKey>(List<TRow> rows, Func<TRow, TKey> keyOf)
        where TKey : notnull
    {
        if (rows.Count < 2) return rows;
        var places = new Dictionary<TKey, int>(rows.Count);
        var kept = new List<TRow>(rows.Count);
        foreach (var row in rows)
        {
            if (places.TryAdd(keyOf(row), kept.Count)) kept.Add(row);
            else kept[places[keyOf(row)]] = row;
        }

        return kept;
    }
}
