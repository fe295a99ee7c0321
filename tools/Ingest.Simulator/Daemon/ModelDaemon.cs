namespace Ingest.Simulator.Daemon;

/// <summary>
/// Syncs as the stock daemon does (C§3.2, C§3.3): reads rows once a tick by its two watermarks, sends chunk after chunk, believes each
/// answer's watermark at once, and stops at the first failure.
/// </summary>
internal sealed class ModelDaemon(DaemonConfig config, LocalStore store, ISyncWire wire)
{
    /// <summary>The longest wait after failures, and the wait after a 422.</summary>
    public static readonly TimeSpan RetryMaximum = TimeSpan.FromSeconds(300);

    /// <summary>Between the stamps of chunks that go out back to back.</summary>
    private static readonly TimeSpan ChunkTime = TimeSpan.FromMicroseconds(41_234.5);

    private readonly Dictionary<(string Day, RowKey Key), Rollup> _acknowledged = [];
    private DateTimeOffset _sent = DateTimeOffset.MinValue;
    private int _failures;

    /// <summary>Read anew for every tick.</summary>
    public DaemonConfig Config { get; set; } = config;

    public LocalStore Store => store;

    public SyncTraffic Traffic { get; } = new();

    /// <summary>How far the device's clock is ahead of true time.</summary>
    public TimeSpan Skew { get; set; }

    public string? RollupWatermark { get; private set; }

    public string? SessionWatermark { get; private set; }

    /// <summary>After a 401 a daemon asks no more.</summary>
    public bool HasStopped { get; private set; }

    /// <summary>What the last 422 told the person at the device; null where the last failure was another.</summary>
    public SchemaMismatch? LastMismatch { get; private set; }

    /// <summary>Before this instant, of true time, the worker sleeps.</summary>
    public DateTimeOffset NextTick { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>The day it is on the device.</summary>
    public string Today(DateTimeOffset now) => ClientInstant.DayOf(now + Skew);

    /// <summary><c>budi cloud reset</c>, and what a forced import does to the sync state.</summary>
    public void Reset() => RollupWatermark = SessionWatermark = null;

    public async Task TickAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        if (HasStopped || now < NextTick) return;
        await SendAsync(Read(now), now, cancellation);
    }

    /// <summary>The rows of one pass, as they are now.</summary>
    public Pass Read(DateTimeOffset now)
    {
        var today = Today(now);
        var rollups = new List<LocalRow>();
        foreach (var day in store.Days)
        {
            if (RollupWatermark is not null && string.CompareOrdinal(day, RollupWatermark) <= 0 && day != today) continue;
            rollups.AddRange(store.Day(day)!.Select(row => new LocalRow(day, row.Key, row.Value)));
        }

        List<LocalSession> sessions =
        [
            .. store.Sessions.Where(session => SessionWatermark is null
                || string.CompareOrdinal(session.StartedAt, SessionWatermark) > 0
                || string.CompareOrdinal(session.EndedAt, SessionWatermark) > 0),
        ];
        return Pass.Of(rollups, sessions, Config.ChunkSize);
    }

    /// <param name="now">True time at the first chunk: later than the reading where the machine slept in between.</param>
    public async Task SendAsync(Pass pass, DateTimeOffset now, CancellationToken cancellation)
    {
        // Two passes in one step follow each other: a clock that seems to be set back would be a fault of ours.
        if (_sent < now) _sent = now;
        foreach (var chunk in pass.Chunks)
        {
            _sent += ChunkTime;
            var envelope = EnvelopeWriter.Write(Config, _sent + Skew, chunk);
            Count(chunk, envelope);
            var answer = await wire.PostAsync(envelope, cancellation);
            if (answer.Outcome != SyncOutcome.Success)
            {
                Fail(answer, now);
                return;
            }

            foreach (var row in chunk.Rollups) _acknowledged[(row.Day, row.Key)] = row.Rollup;
            Traffic.RowsChanged += answer.RowsChanged ?? 0;
            if (answer.Watermark is { } watermark) RollupWatermark = watermark;
        }

        _failures = 0;
        NextTick = now;
        if (pass.Chunks.Count > 0) SessionWatermark = ClientInstant.ToText(_sent + Skew);
    }

    private void Fail(SyncAnswer answer, DateTimeOffset now)
    {
        Traffic.Failures++;
        LastMismatch = answer.Mismatch;
        HasStopped = answer.Outcome == SyncOutcome.AuthFailure;
        _failures++;
        NextTick = now + (answer.Outcome == SyncOutcome.SchemaMismatch ? RetryMaximum : Backoff.After(_failures, RetryMaximum));
    }

    private void Count(Chunk chunk, byte[] envelope)
    {
        Traffic.Requests++;
        Traffic.Bytes += envelope.Length;
        Traffic.RowsSent += chunk.Rollups.Count;
        Traffic.RowsSentAgain += chunk.Rollups.Count(row => _acknowledged.TryGetValue((row.Day, row.Key), out var sent) && ReferenceEquals(sent, row.Rollup));
    }
}
