using Ingest.Domain.Envelopes;
using Ingest.Domain.Ledger;

namespace Ingest.Persistence.Envelopes;

/// <summary>
/// What stands in the database of the device's last envelope, kept for its next one: it need not be read again while the device has the revision. Only
/// places change without a revision, by the database's own upkeep, and are always read.
/// </summary>
internal sealed class KnownState
{
    private readonly Dictionary<DateOnly, LedgerDay> _days;
    private readonly Dictionary<string, StoredSession> _sessions;
    private readonly DailyRollup[] _rows;

    /// <summary>Of the device then.</summary>
    public Guid Revision { get; }

    /// <summary>Of the envelope's payload.</summary>
    public UInt128 PayloadHash { get; }

    /// <summary>What followed from the rows that the envelope did not name.</summary>
    public bool IsCompleteByDay { get; }

    /// <summary>How much it holds, in rows.</summary>
    public int Weight { get; }

    /// <param name="settled">An envelope that the tables hold throughout.</param>
    /// <param name="mostRows">How many rows may be kept.</param>
    public KnownState(EnvelopeWork settled, int mostRows)
    {
        var (envelope, plan) = (settled.Received.Envelope, settled.Plan!);
        Revision = plan.WritesNothing ? settled.Stored.Device.Revision : settled.NextRevision;
        PayloadHash = envelope.PayloadHash;
        IsCompleteByDay = settled.Received.IsCompleteByDay;

        // Only the last day changes with every envelope.
        var last = envelope.Days.Count > 0 ? envelope.Days[^1] : null;
        Weight = envelope.Days.Count + envelope.Sessions.Count + (last?.Rows.Length ?? 0);
        if (Weight > mostRows)
        {
            (_days, _sessions, _rows, Weight) = ([], [], [], 0);
            return;
        }

        _days = new Dictionary<DateOnly, LedgerDay>(envelope.Days.Count);
        foreach (var day in envelope.Days) _days[day.Day] = settled.Stored.Days.GetValueOrDefault(day.Day)!;
        foreach (var change in plan.Days)
        {
            if (_days.ContainsKey(change.After.Day)) _days[change.After.Day] = change.After;
        }

        _sessions = new Dictionary<string, StoredSession>(envelope.Sessions.Count, StringComparer.Ordinal);
        foreach (var session in envelope.Sessions) _sessions[session.SessionId] = settled.Stored.Sessions.GetValueOrDefault(session.SessionId)!;
        foreach (var session in plan.Sessions) _sessions[session.SessionId] = session;
        _rows = last is not null && _days[last.Day].GhostRows == 0 ? last.Rows.ToArray() : [];
    }

    /// <summary>Whether an envelope says just what the last one said.</summary>
    public bool IsSaidBy(ReceivedEnvelope received) => PayloadHash == received.Envelope.PayloadHash && IsCompleteByDay == received.IsCompleteByDay;

    public bool Knows(DaySnapshot day) => _days.ContainsKey(day.Day);

    /// <summary>Whether the day's rows have to be compared, and are known but for their places.</summary>
    public bool KnowsRowsOf(DaySnapshot day) => _rows.Length > 0 && _rows[0].Key.BucketDay == day.Day && Knows(day);

    /// <summary>Whether nothing of the day has to be read: it says what the ledger says.</summary>
    public bool Confirms(DaySnapshot day) => _days.TryGetValue(day.Day, out var known) && known.Digest == day.Digest;

    public bool Knows(SessionSummary session) => _sessions.ContainsKey(session.SessionId);

    /// <summary>Tells what is known of the envelope's days.</summary>
    public void TellDays(Envelope envelope, StoredState stored)
    {
        foreach (var day in envelope.Days)
        {
            if (_days.TryGetValue(day.Day, out var known)) stored.Days.TryAdd(day.Day, known with { Place = 0 });
        }
    }

    /// <summary>Tells the rows of a day, now that their places are known.</summary>
    /// <param name="day">The day.</param>
    /// <param name="place">Where the ledger's row of the day stands.</param>
    /// <param name="places">Where its rows stand, in key order.</param>
    /// <param name="stored">Is told.</param>
    /// <returns>False where there are other rows than those that are known.</returns>
    public bool TellRows(DateOnly day, ulong place, string[] places, StoredState stored)
    {
        if (places.Length != _rows.Length) return false;
        stored.Days[day] = _days[day] with { Place = place };
        var rows = new List<StoredRollup>(_rows.Length);
        for (var i = 0; i < _rows.Length; i++) rows.Add(new StoredRollup(_rows[i], IsGhost: false) { Place = RowValues.ToPlace(places[i]) });
        stored.Rows[day] = rows;
        return true;
    }

    public void TellSession(string sessionId, ulong place, StoredState stored) => stored.Sessions[sessionId] = _sessions[sessionId] with { Place = place };
}
