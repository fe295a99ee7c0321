using System.Threading.Channels;
using Ingest.Domain.Health;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Ingest.Persistence.Attempts;

/// <summary>
/// Writes attempts and contacts behind the answers, a few times a second in one transaction. Equal attempts in a row that changed
/// nothing are one row with a count. While the database is away, the newest attempts are kept and the oldest given up.
/// </summary>
internal sealed partial class AttemptLog(NpgsqlDataSource database, DeviceContacts contacts, TimeProvider time, ILogger<AttemptLog> logger)
    : BackgroundService, IAttemptLog
{
    private const int Capacity = 20_000;

    /// <summary>Rows of one statement.</summary>
    private const int LargestBatch = 2_000;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly Channel<SyncAttempt> _pending = Channel.CreateBounded<SyncAttempt>(
        new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <summary>The last row written for each device, which an equal attempt is counted into. Forgotten now and then: that costs one more row.</summary>
    private readonly Dictionary<(string, string), SyncAttempt> _lastWritten = [];

    /// <summary>Taken from the queue and not written yet, since the database was away.</summary>
    private List<SyncAttempt> _held = [];

    private bool _isAway;

    public void Record(SyncAttempt attempt)
    {
        if (attempt.DeviceId.Length > 0) contacts.Attempted(attempt);
        _pending.Writer.TryWrite(attempt);
    }

    public async ValueTask<bool> WereRefusedBeforeAsync(string workspaceId, string deviceId, byte[] rejectedDigest, CancellationToken cancellation)
    {
        if (contacts.RefusedRows(workspaceId, deviceId) is { } refused) return rejectedDigest.AsSpan().SequenceEqual(refused);
        try
        {
            await using var command = database.CreateCommand(AttemptTables.LastRejectedDigest);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = workspaceId });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = deviceId });
            return await command.ExecuteScalarAsync(cancellation) is byte[] written && rejectedDigest.AsSpan().SequenceEqual(written);
        }
        catch (Exception failure) when (DatabaseFailure.Explains(failure))
        {
            throw new Domain.StoreUnavailableException("The database did not say what was refused before.", failure);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await FlushAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // Stopping: what is left is written below, by StopAsync, when no request can add to it any more.
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await FlushAsync(cancellationToken);
    }

    private async Task FlushAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var rows = new List<AttemptRow>();
            var open = new Dictionary<(string, string), AttemptRow>();
            var repeats = new Dictionary<(string, string), AttemptRepeat>();
            var taken = _held;
            while (taken.Count < LargestBatch && _pending.Reader.TryRead(out var attempt)) taken.Add(attempt);
            _held = [];
            foreach (var attempt in taken) Add(attempt, rows, open, repeats);

            var dirty = contacts.TakeDirty();
            if (taken.Count == 0 && dirty.Count == 0) return;

            try
            {
                await using var connection = await database.OpenConnectionAsync(cancellation);
                await using var batch = new NpgsqlBatch(connection);
                if (rows.Count > 0) batch.BatchCommands.Add(AttemptTables.Attempts.CommandFor(rows));
                if (repeats.Count > 0) batch.BatchCommands.Add(AttemptTables.Count([.. repeats.Values]));
                if (dirty.Count > 0) batch.BatchCommands.Add(AttemptTables.Contacts(dirty));
                await batch.ExecuteNonQueryAsync(cancellation);
                _isAway = false;
            }
            catch (Exception failure) when (IsPassing(failure))
            {
                _held = taken;
                _lastWritten.Clear();
                contacts.MarkDirty(dirty);
                // Once an outage: this is tried several times a second.
                if (!_isAway) Log.NotWritten(logger, taken.Count, dirty.Count, failure.Message);
                _isAway = true;
                return;
            }
            catch (Exception failure)
            {
                // Tried again it would fail again, and hold up all that come after it; let through it would end the whole service.
                _lastWritten.Clear();
                Log.GivenUp(logger, taken.Count, dirty.Count, failure);
                return;
            }

            if (_lastWritten.Count > Capacity) _lastWritten.Clear();
            if (taken.Count < LargestBatch) return;
        }
    }

    /// <summary>Trouble with the database passes; a value that it, or its driver, refuses is refused for ever.</summary>
    private static bool IsPassing(Exception failure) => failure is OperationCanceledException
        || (DatabaseFailure.Cause(failure) is { } cause && cause is not PostgresException { SqlState: ['2', '2' or '3', ..] });

    private void Add(SyncAttempt attempt, List<AttemptRow> rows, Dictionary<(string, string), AttemptRow> open, Dictionary<(string, string), AttemptRepeat> repeats)
    {
        // Where the body did not name a device, the key tells senders apart; no device id begins like that.
        var device = (attempt.WorkspaceId, attempt.DeviceId.Length > 0 ? attempt.DeviceId : $"key {attempt.KeyId}");
        if (_lastWritten.TryGetValue(device, out var before) && attempt.Repeats(before))
        {
            if (open.TryGetValue(device, out var row)) row.Repeat(attempt);
            else if (repeats.TryGetValue(device, out var repeat)) repeats[device] = repeat with { Times = repeat.Times + 1, LastReceivedAt = attempt.ReceivedAt };
            else repeats[device] = new AttemptRepeat(before, 1, attempt.ReceivedAt);
            return;
        }

        rows.Add(open[device] = new AttemptRow(attempt));
        _lastWritten[device] = attempt;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Attempts} attempts and {Contacts} contacts are kept until the database takes them: {Reason}")]
        public static partial void NotWritten(ILogger logger, int attempts, int contacts, string reason);

        [LoggerMessage(LogLevel.Error, "{Attempts} attempts and {Contacts} contacts could not be written and are given up")]
        public static partial void GivenUp(ILogger logger, int attempts, int contacts, Exception failure);
    }
}
