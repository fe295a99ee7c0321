using Ingest.Domain.Envelopes;
using Ingest.Domain.Ledger;

namespace Ingest.Persistence.Envelopes;

/// <summary>
/// What stands in the database of the device's last envelope, kept for its next one: it need not be read again while the device has the revision.
/// </summary>
internal sealed class KnownState
{
    private readonly Dictionary<DateOnly, LedgerDay> _days = [];
    private readonly Dictionary<string, StoredSession> _sessions = new(StringComparer.Ordinal);

    /// <summary>Of the rows of the last day, in key order; empty where the day has ghosts beside them.</summary>
    private KnownNumbers[] _numbers = [];

    /// <summary>Of the same rows: a text takes more room than a number, is shared by no other device or by all, and hardly ever changes.</summary>
    private UInt128 _texts;

    /// <summary>Of the device then.</summary>
    public Guid Revision { get; private set; }

    /// <summary>How much it holds, in rows.</summary>
    public int Weight { get; private set; }

    private UInt128 PayloadHash { get; set; }

    /// <summary>What followed from the rows that the envelope did not name.</summary>
    private bool IsCompleteByDay { get; set; }

    /// <param name="settled">An envelope that the tables hold throughout.</param>
    /// <param name="mostRows">How many rows may be kept.</param>
    public void Become(EnvelopeWork settled, int mostRows)
    {
        var (envelope, plan) = (settled.Received.Envelope, settled.Plan!);
        Revision = plan.WritesNothing ? settled.Stored.Device.Revision : settled.NextRevision;
        PayloadHash = envelope.PayloadHash;
        IsCompleteByDay = settled.Received.IsCompleteByDay;
        _days.Clear();
        _sessions.Clear();

        // Only the last day changes with every envelope.
        var last = envelope.Days.Count > 0 ? envelope.Days[^1] : null;
        Weight = envelope.Days.Count + envelope.Sessions.Count + (last?.Rows.Length ?? 0);
        if (Weight > mostRows)
        {
            (_numbers, Weight) = ([], 0);
            return;
        }

        foreach (var day in envelope.Days) _days[day.Day] = settled.Stored.Days.GetValueOrDefault(day.Day)!;
        foreach (var change in plan.Days)
        {
            if (_days.ContainsKey(change.After.Day)) _days[change.After.Day] = change.After;
        }

        foreach (var session in envelope.Sessions) _sessions[session.SessionId] = settled.Stored.Sessions.GetValueOrDefault(session.SessionId)!;
        foreach (var session in plan.Sessions) _sessions[session.SessionId] = session;
        Keep(last is not null && _days[last.Day].GhostRows == 0 ? last : null);
    }

    /// <summary>Whether an envelope says just what the last one said.</summary>
    public bool IsSaidBy(ReceivedEnvelope received) => PayloadHash == received.Envelope.PayloadHash && IsCompleteByDay == received.IsCompleteByDay;

    public bool Knows(DaySnapshot day) => _days.ContainsKey(day.Day);

    /// <summary>Whether the rows that stand there are known: they are those of the day, but for their numbers.</summary>
    public bool KnowsRowsOf(DaySnapshot day) => _numbers.Length == day.Rows.Length && _texts == day.TextsHash;

    /// <summary>Whether nothing of the day has to be read: it says what the ledger says.</summary>
    public bool Confirms(DaySnapshot day) => _days.TryGetValue(day.Day, out var known) && known.Digest == day.Digest;

    public bool Knows(SessionSummary session) => _sessions.ContainsKey(session.SessionId);

    /// <summary>Tells what is known of all that the envelope names.</summary>
    public void Tell(Envelope envelope, StoredState stored)
    {
        foreach (var day in envelope.Days)
        {
            if (!_days.TryGetValue(day.Day, out var known)) continue;
            stored.Days[day.Day] = known;
            if (known.Digest != day.Digest && KnowsRowsOf(day)) stored.Rows[day.Day] = RowsOf(day);
        }

        foreach (var session in envelope.Sessions)
        {
            if (_sessions.TryGetValue(session.SessionId, out var known)) stored.Sessions[session.SessionId] = known;
        }
    }

    private List<StoredRollup> RowsOf(DaySnapshot day)
    {
        var rows = new List<StoredRollup>(_numbers.Length);
        for (var i = 0; i < _numbers.Length; i++) rows.Add(new StoredRollup(_numbers[i].In(day.Rows.Span[i]), IsGhost: false));
        return rows;
    }

    private void Keep(DaySnapshot? day)
    {
        var rows = day is null ? [] : day.Rows.Span;
        if (_numbers.Length != rows.Length) _numbers = new KnownNumbers[rows.Length];
        for (var i = 0; i < rows.Length; i++) _numbers[i] = new KnownNumbers(rows[i]);
        _texts = day?.TextsHash ?? default;
    }
}
