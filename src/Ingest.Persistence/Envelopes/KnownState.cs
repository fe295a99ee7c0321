using Ingest.Domain.Envelopes;
using Ingest.Domain.Ledger;

namespace Ingest.Persistence.Envelopes;

/// <summary>
/// What stands in the database of the device's last envelope, kept for its next one: it need not be read again while the device has the revision.
/// </summary>
internal sealed class KnownState
{
    /// <summary>More days or sessions are not kept: they are looked for one after the other, and a device that sends so many catches up with what is not there yet.</summary>
    private const int MostNamed = 100;

    /// <summary>In bytes, texts that no other device shares included.</summary>
    private const int WeightOfDay = 400;

    private const int WeightOfSession = 800;

    private const int WeightOfRow = 56;

    private LedgerDay[] _days = [];
    private StoredSession[] _sessions = [];

    /// <summary>Of the rows of the last day, in key order; empty where the day has ghosts beside them.</summary>
    private KnownNumbers[] _numbers = [];

    /// <summary>Of the same rows: a text takes more room than a number, is shared by no other device or by all, and hardly ever changes.</summary>
    private UInt128 _texts;

    /// <summary>Of the device then.</summary>
    public Guid Revision { get; private set; }

    /// <summary>How much it holds, in bytes or so.</summary>
    public int Weight { get; private set; }

    private UInt128 PayloadHash { get; set; }

    /// <summary>What followed from the rows that the envelope did not name.</summary>
    private bool IsCompleteByDay { get; set; }

    /// <param name="settled">An envelope that the tables hold throughout.</param>
    /// <param name="most">How much may be kept.</param>
    public void Become(EnvelopeWork settled, long most)
    {
        var (envelope, plan) = (settled.Received.Envelope, settled.Plan!);
        Revision = plan.WritesNothing ? settled.Stored.Device.Revision : settled.NextRevision;
        PayloadHash = envelope.PayloadHash;
        IsCompleteByDay = settled.Received.IsCompleteByDay;

        var days = envelope.Days.Count > MostNamed ? [] : envelope.Days;
        var sessions = envelope.Sessions.Count > MostNamed ? [] : envelope.Sessions;

        // Only the last day changes with every envelope.
        var last = days.Count > 0 ? days[^1] : null;
        var knowsRows = last is not null && HasSeenRowsOf(last, settled);
        Weight = (days.Count * WeightOfDay) + (sessions.Count * WeightOfSession) + ((last?.Rows.Length ?? 0) * WeightOfRow);
        if (Weight > most)
        {
            (_days, _sessions, _numbers, Weight) = ([], [], [], 0);
            return;
        }

        Array.Resize(ref _days, days.Count);
        for (var i = 0; i < _days.Length; i++) _days[i] = settled.Stored.Days.GetValueOrDefault(days[i].Day)!;
        foreach (var change in plan.Days)
        {
            if (IndexOf(days, static day => day.Day, change.After.Day) is >= 0 and var changed) _days[changed] = change.After;
        }

        Array.Resize(ref _sessions, sessions.Count);
        for (var i = 0; i < _sessions.Length; i++) _sessions[i] = settled.Stored.Sessions.GetValueOrDefault(sessions[i].SessionId)!;
        foreach (var session in plan.Sessions)
        {
            if (IndexOf(sessions, static session => session.SessionId, session.SessionId) is >= 0 and var changed) _sessions[changed] = session;
        }

        Keep(knowsRows && _days[^1].GhostRows == 0 ? last : null);
    }

    /// <summary>Whether an envelope says just what the last one said.</summary>
    public bool IsSaidBy(ReceivedEnvelope received) => PayloadHash == received.Envelope.PayloadHash && IsCompleteByDay == received.IsCompleteByDay;

    public bool Knows(DaySnapshot day) => Find(day) is not null;

    /// <summary>Whether the rows that stand there are known: they are those of the day, but for their numbers.</summary>
    public bool KnowsRowsOf(DaySnapshot day) => _numbers.Length == day.Rows.Length && _texts == day.TextsHash;

    /// <summary>Whether nothing of the day has to be read: it says what the ledger says.</summary>
    public bool Confirms(DaySnapshot day) => Find(day) is { } known && known.Digest == day.Digest;

    public bool Knows(SessionSummary session) => Find(session) is not null;

    /// <summary>Tells what is known of all that the envelope names.</summary>
    public void Tell(Envelope envelope, StoredState stored)
    {
        foreach (var day in envelope.Days)
        {
            if (Find(day) is not { } known) continue;
            stored.Days[day.Day] = known;
            if (known.Digest != day.Digest && KnowsRowsOf(day)) stored.Rows[day.Day] = RowsOf(day);
        }

        foreach (var session in envelope.Sessions)
        {
            if (Find(session) is { } known) stored.Sessions[session.SessionId] = known;
        }
    }

    /// <summary>
    /// Whether all rows of the day were read or written by this envelope, or are known from the one before. That its digest is the ledger's is not enough:
    /// somebody may have changed the rows behind it.
    /// </summary>
    private bool HasSeenRowsOf(DaySnapshot day, EnvelopeWork settled) => settled.Stored.Rows.ContainsKey(day.Day)
        || settled.Plan!.Days.Any(change => change.After.Day == day.Day && change.Before is null)
        || (settled.Known is not null && KnowsRowsOf(day));

    private static int IndexOf<TRow, TKey>(IReadOnlyList<TRow> rows, Func<TRow, TKey> keyOf, TKey key)
        where TKey : IEquatable<TKey>
    {
        for (var i = 0; i < rows.Count; i++)
        {
            if (keyOf(rows[i]).Equals(key)) return i;
        }

        return -1;
    }

    private LedgerDay? Find(DaySnapshot day) => Array.Find(_days, known => known.Day == day.Day);

    private StoredSession? Find(SessionSummary session) => Array.Find(_sessions, known => known.SessionId == session.SessionId);

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
