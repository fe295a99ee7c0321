using System.Security.Cryptography;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Identity;
using Ingest.Domain.Ledger;
using Ingest.Testing.Envelopes;

namespace Ingest.Domain.Tests.Ledger;

/// <summary>Keeps what plans say, as the database would.</summary>
internal sealed class LedgerServer
{
    private readonly Dictionary<DateOnly, LedgerDay> _days = [];
    private readonly SortedDictionary<RollupKey, StoredRollup> _rows = [];
    private readonly Dictionary<string, StoredSession> _sessions = new(StringComparer.Ordinal);
    private readonly Dictionary<WindowKey, StoredWindow> _windows = [];
    private readonly Dictionary<Guid, byte[]> _quarantined = [];

    private DeviceClock _clock = DeviceClock.Unseen;

    public LedgerPolicy Policy { get; init; } = new();

    public bool MayLookBack { get; set; } = true;

    public DeviceState Device { get; set; } = DeviceState.Unknown;

    public IReadOnlyDictionary<DateOnly, LedgerDay> Days => _days;

    public IReadOnlyDictionary<string, StoredSession> Sessions => _sessions;

    public IReadOnlyDictionary<WindowKey, StoredWindow> Windows => _windows;

    public IEnumerable<DailyRollup> Live => _rows.Values.Where(row => !row.IsGhost).Select(row => row.Row);

    public IEnumerable<DailyRollup> Ghosts => _rows.Values.Where(row => row.IsGhost).Select(row => row.Row);

    public List<DayVersion> Versions { get; } = [];

    /// <param name="sent">What is posted.</param>
    /// <param name="at">The server's clock; by default the envelope's.</param>
    /// <param name="complete">Whether the client is complete by day.</param>
    public EnvelopePlan Receive(EnvelopeBuilder sent, DateTimeOffset? at = null, bool complete = true)
    {
        var envelope = sent.Accept();
        var now = at ?? envelope.SyncedAt ?? EnvelopeBuilder.DefaultSyncedAt;
        var isRepeated = envelope.SyncedAt is { } stamp && _clock.HasJustSeen(stamp);
        (_clock, var isLate) = _clock.Observe(now, envelope.SyncedAt ?? now, Policy);
        return Decide(new Arrival
        {
            Received = Received(envelope, now, complete),
            Clock = _clock,
            IsLate = isLate,
            IsRepeated = isRepeated,
            MayLookBack = MayLookBack,
        });
    }

    /// <summary>What comes out of quarantine, as a client that sends single rows would send it.</summary>
    /// <param name="row">That row alone, and usable.</param>
    /// <param name="broughtAt">When the device brought it.</param>
    /// <param name="at">The server's clock.</param>
    public EnvelopePlan Replay(EnvelopeBuilder row, DateTimeOffset broughtAt, DateTimeOffset at) => Decide(new Arrival
    {
        Received = Received(row.Accept(), at, complete: false),
        Clock = new DeviceClock(Device.ClockEpoch, null),
        IsLate = false,
        MayLookBack = false,
        BroughtAt = broughtAt,
    });

    /// <summary>What an operator does: what a version holds stands again.</summary>
    public DayRestoration Restore(DayVersion version, DateTimeOffset at)
    {
        var day = version.Before.Day;
        var restoration = DayRestoration.Of(_days[day], [.. _rows.Values.Where(row => row.Row.Key.BucketDay == day)], version.Rows, at, Guid.NewGuid());
        if (restoration.Change is not { } change) return restoration;
        Device = Device with { RollupRows = Device.RollupRows + change.AddedRows };
        Write([change]);
        return restoration;
    }

    /// <summary>What retention will do: the rows go, and the ledger says so.</summary>
    public void Expire(DateOnly day, DateTimeOffset at)
    {
        foreach (var key in _rows.Keys.Where(key => key.BucketDay == day).ToList()) _rows.Remove(key);
        _days[day] = _days[day] with { ExpiredAt = at };
    }

    /// <summary>What nobody may do: a row goes, and the ledger does not know.</summary>
    public void Lose(RollupKey key) => _rows.Remove(key);

    private static ReceivedEnvelope Received(Envelope envelope, DateTimeOffset at, bool complete) => new(
        envelope, new Caller(envelope.WorkspaceId, Guid.Empty, Guid.Empty, UserRole.Member, "budi_", Completeness.Auto), Guid.NewGuid(), at, complete);

    private EnvelopePlan Decide(Arrival arrival)
    {
        var envelope = arrival.Received.Envelope;
        var stored = Read(envelope);
        var plan = EnvelopePlanner.Plan(arrival, stored, Policy);
        if (plan.Unread.Count > 0)
        {
            foreach (var day in plan.Unread) stored.Rows[day] = [.. _rows.Values.Where(row => row.Row.Key.BucketDay == day)];
            plan = EnvelopePlanner.Plan(arrival, stored, Policy);
            plan.Unread.ShouldBeEmpty();
        }

        Write(plan);
        return plan;
    }

    private StoredState Read(Envelope envelope)
    {
        var stored = new StoredState(Device);
        foreach (var (day, kept) in _days) stored.Days[day] = kept;
        foreach (var (id, kept) in _sessions) stored.Sessions[id] = kept;
        foreach (var (key, kept) in _windows) stored.Windows[key] = kept;
        foreach (var (id, kept) in _quarantined) stored.Quarantined[id] = kept;
        if (envelope.EarliestDay <= Device.Progress.ConfirmedDay)
        {
            stored.UnnamedDays.AddRange(_days.Values.Where(day =>
                day.Day <= envelope.LatestDay && day.GoneAt is null && day.ExpiredAt is null && envelope.Days.All(named => named.Day != day.Day)));
        }

        return stored;
    }

    private void Write(EnvelopePlan plan)
    {
        Device = plan.Device;
        foreach (var session in plan.Sessions) _sessions[session.SessionId] = session;
        foreach (var window in plan.Windows) _windows[window.Summary.Key] = window;
        foreach (var row in plan.Quarantine) _quarantined[row.QuarantineId] = SHA256.HashData(row.Raw.Span);
        foreach (var id in plan.Released) _quarantined.Remove(id);
        Write(plan.Days);
    }

    private void Write(IReadOnlyList<DayChange> days)
    {
        foreach (var change in days)
        {
            _days[change.After.Day] = change.After;
            foreach (var (row, _) in change.Written) _rows[row.Key] = new StoredRollup(row, IsGhost: false);
            foreach (var key in change.Ghosted) _rows[key] = _rows[key] with { IsGhost = true };
            if (change.Version is { } version) Versions.Add(version);
        }

        // Whatever was planned, the ledger tells of exactly the rows that stand there.
        foreach (var day in days.Select(change => change.After).Where(day => day.ExpiredAt is null && day.GoneAt is null))
        {
            DailyRollup[] live = [.. Live.Where(row => row.Key.BucketDay == day.Day)];
            day.Digest.ShouldBe(DayDigest.Of(day.Day, live));
            day.Totals.ShouldBe(DayTotals.Of(live));
        }

        Device.RollupRows.ShouldBe(_days.Values.Sum(day => (long)day.Totals.Rows));
    }
}
