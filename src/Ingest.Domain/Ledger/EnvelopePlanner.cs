using System.Security.Cryptography;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Validation;

namespace Ingest.Domain.Ledger;

/// <summary>
/// Decides what an envelope changes, from what it says and what the database holds. The same decision is taken more than once: without
/// a lock, to see that nothing changes and nothing need be locked, under the device's lock, and again where rows had to be read for it.
/// </summary>
public sealed class EnvelopePlanner
{
    private readonly Arrival _arrival;
    private readonly StoredState _stored;
    private readonly LedgerPolicy _policy;
    private readonly EnvelopeOrder _order;
    private readonly bool _isLate;
    private readonly DateOnly _closedThrough;

    /// <summary>Null where no daemon is to be told anything: the envelope names no day, or comes out of quarantine.</summary>
    private readonly SyncPass? _pass;

    private readonly List<DayChange> _days = [];
    private readonly List<DateOnly> _unread = [];
    private int _changed;
    private int _unchanged;
    private int _superseded;
    private bool _agrees = true;

    private EnvelopePlanner(Arrival arrival, StoredState stored, LedgerPolicy policy)
    {
        (_arrival, _stored, _policy) = (arrival, stored, policy);
        var sentAt = Envelope.SyncedAt ?? Instant.ToMicroseconds(Now);
        _order = new EnvelopeOrder(arrival.Clock.Epoch, sentAt);
        _isLate = arrival.IsLate && policy.Applies(LedgerRules.Order);
        _closedThrough = WatermarkRule.ClosedThrough(
            Now, arrival.IsFromDevice ? sentAt : Now, policy.Applies(LedgerRules.Grace) ? policy.GraceDays : 0);
        if (arrival.IsFromDevice && Envelope is { EarliestDay: { } begins, LatestDay: { } latest })
        {
            _pass = new SyncPass(stored.Device.Progress, begins, latest, Now, Day.Of(sentAt < Now ? sentAt : Now), _closedThrough, policy);
        }
    }

    private Envelope Envelope => _arrival.Received.Envelope;

    private DateTimeOffset Now => _arrival.Received.ReceivedAt;

    public static EnvelopePlan Plan(Arrival arrival, StoredState stored, LedgerPolicy policy) => new EnvelopePlanner(arrival, stored, policy).Plan();

    private EnvelopePlan Plan()
    {
        if (!_isLate && !_arrival.IsRepeated) _pass?.Arrive();
        if (!_arrival.IsStoredAlready) JudgeDays();
        else if (Compares) _unread.AddRange(Envelope.Days.Select(day => day.Day));
        else _unchanged = Envelope.UsableRows;
        if (_isLate && _arrival.Clock.Steady?.MeansTwoMachines(_policy) == true) _pass?.SawSharedId();
        List<StoredSession> sessions = _arrival.IsStoredAlready ? [] : JudgeSessions();
        List<StoredWindow> windows = _arrival.IsStoredAlready ? [] : JudgeWindows();
        var (quarantine, newlyQuarantined) = JudgeRejected();
        var released = _isLate ? [] : Settled();

        var looksBack = !_isLate && _pass is not null
            && _pass.LookBack(_arrival.MayLookBack, LookBackSchedule.NextAfter(Now, Envelope.WorkspaceId, Envelope.DeviceId));
        var watermark = _pass?.Answer(_isLate) ?? (_arrival.IsFromDevice ? WatermarkRule.OfPending(_stored.Device.Progress.Rewind) : null);
        var before = _stored.Device;
        var device = before with
        {
            IsRegistered = true,
            Label = _isLate ? before.Label : Envelope.Label.Or(before.Label),
            ClockEpoch = Math.Max(_order.ClockEpoch, before.ClockEpoch),
            RollupRows = before.RollupRows + _days.Sum(day => day.AddedRows),
            SessionRows = before.SessionRows + sessions.Count(session => !_stored.Sessions.ContainsKey(session.SessionId)),
            WindowRows = before.WindowRows + windows.Count(window => !_stored.Windows.ContainsKey(window.Summary.Key)),
            QuarantinedRows = before.QuarantinedRows + newlyQuarantined - released.Count,
            Progress = _pass?.Progress ?? before.Progress,
        };
        var writesNothing = device == before && _unread.Count == 0 && _days.Count == 0 && sessions.Count == 0 && windows.Count == 0
            && quarantine.Count == 0 && released.Count == 0;

        return new EnvelopePlan
        {
            Order = _order,
            Device = device,
            WritesNothing = writesNothing,
            HoldsAll = _agrees && _unread.Count == 0 && _superseded == 0 && Envelope.Rejected.Count == 0,
            Unread = _unread,
            Days = _days,
            Sessions = sessions,
            Windows = windows,
            Quarantine = quarantine,
            NewlyQuarantined = newlyQuarantined,
            Released = released,
            EndedRewinds = _pass?.Ended ?? [],
            LooksBack = looksBack,
            Counts = new RowCounts(_changed, _unchanged, _superseded, Envelope.Rejected.Count),
            Watermark = watermark,
        };
    }

    /// <summary>Whether its rows have to be looked at although they stand there: row by row, or for the days it does not name.</summary>
    private bool Compares => Envelope.EarliestDay <= _stored.Device.Progress.ConfirmedDay || Envelope.LatestDay >= _pass?.Progress.VerifyFrom;

    private void JudgeDays()
    {
        var rule = new SnapshotRule
        {
            Policy = _policy,
            Order = _order,
            Now = Now,
            BroughtAt = _arrival.BroughtAt,
            AttemptId = _arrival.Received.AttemptId,
            IsLate = _isLate,
            IsCompleteByDay = _arrival.Received.IsCompleteByDay,
            ClosedThrough = _closedThrough,
            VerifyFrom = _pass?.Progress.VerifyFrom,
            Rejected = new RejectedKeys(Envelope.Rejected),
        };
        foreach (var day in Envelope.Days)
        {
            var judged = rule.Judge(day, _stored.Days.GetValueOrDefault(day.Day), _stored.Rows.GetValueOrDefault(day.Day));
            Count(judged.Fate, day.Rows.Length);
            _agrees &= (judged.Change?.After ?? _stored.Days.GetValueOrDefault(day.Day)) is { RestoredAt: null, ExpiredAt: null, DigestVersion: DayDigest.Version } after
                && after.Digest == day.Digest;
            if (judged.Fate == DayFate.Unread) _unread.Add(day.Day);
            if (judged.AsksAgain is { } reason) _pass?.Ask(day.Day, reason);
            if (judged.Change is not { } change) continue;
            _days.Add(change);
            if (change.Shrank) _pass?.Shrank();
            if (change.After.IsShared(Now, _policy)) _pass?.SawSharedId();
        }

        if (_isLate || !rule.IsCompleteByDay || _pass?.CoversAfter is not { } covered) return;
        foreach (var day in _stored.UnnamedDays.Where(day => day.Day > covered && !rule.Rejected.MayNameOf(day.Day)))
        {
            _days.Add(new DayChange(day, day with { GoneAt = Now }, [], [], null));
        }
    }

    private List<StoredSession> JudgeSessions()
    {
        var sessions = new List<StoredSession>();
        foreach (var sent in Envelope.Sessions)
        {
            var before = _stored.Sessions.GetValueOrDefault(sent.SessionId);
            var after = StoredSession.After(sent, before, _order);
            if (IsChange(after.TellsTheSameAs(before), before?.Order)) sessions.Add(after);
        }

        return sessions;
    }

    private List<StoredWindow> JudgeWindows()
    {
        var windows = new List<StoredWindow>();
        foreach (var sent in Envelope.Windows)
        {
            var before = _stored.Windows.GetValueOrDefault(sent.Key);
            if (IsChange(before?.Summary == sent, before?.Order)) windows.Add(new StoredWindow(sent, _order));
        }

        return windows;
    }

    private bool IsChange(bool isSame, EnvelopeOrder? before)
    {
        var fate = isSame ? DayFate.Unchanged : before is null || (!_isLate && _order >= before) ? DayFate.Changed : DayFate.Superseded;
        Count(fate, 1);
        return fate == DayFate.Changed;
    }

    /// <summary>
    /// A rejected row that is there already is written again when its day changes: it is part of that snapshot as much as the usable rows
    /// are, and must not look older than they do when it is replayed.
    /// </summary>
    private (List<RejectedRow> Rows, int NewOnes) JudgeRejected()
    {
        var written = _days.Where(day => day.ChangesRows).Select(day => day.After.Day).ToHashSet();
        var quarantine = new List<RejectedRow>();
        var newOnes = 0;
        foreach (var row in Envelope.Rejected)
        {
            var known = _stored.Quarantined.TryGetValue(row.QuarantineId, out var kept);
            var isSame = known && SHA256.HashData(row.Raw.Span).AsSpan().SequenceEqual(kept) && !(row.BucketDay is { } day && written.Contains(day));
            if (isSame || (known && _isLate)) continue;
            newOnes += known ? 0 : 1;
            quarantine.Add(row);
        }

        return (quarantine, newOnes);
    }

    /// <summary>A key that is named good and bad at once stays: released now, it would be quarantined again by the next repeat.</summary>
    private List<Guid> Settled()
    {
        if (_stored.Quarantined.Count == 0) return [];
        var stillBad = Envelope.Rejected.Select(row => row.QuarantineId).ToHashSet();
        return [.. Envelope.UsableRowNames().Where(row => _stored.Quarantined.ContainsKey(row) && !stillBad.Contains(row))];
    }

    private void Count(DayFate fate, int rows)
    {
        if (fate == DayFate.Superseded) _superseded += rows;
        else if (fate == DayFate.Unchanged) _unchanged += rows;
        else _changed += rows;
    }
}
