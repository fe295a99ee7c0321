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

    public void Record(SyncAttempt attempt)
    {
        if (attempt.DeviceId.Length > 0) contacts.Attempted(attempt);
        _pending.Writer.TryWrite(attempt);
    }

    public async ValueTask<byte[]?> LastRefusedRowsAsync(string workspaceId, string deviceId, CancellationToken cancellation)
    {
        if (contacts.Peek(workspaceId, deviceId) is { } known) return known.LastAttempt.RejectedDigest;
        try
        {
            await using var command = database.CreateCommand(AttemptTables.LastRejectedDigest);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = workspaceId });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = deviceId });
            return await command.ExecuteScalarAsync(cancellation) as byte[];
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
            while (await timer.WaitForNextTickAsync(stoppingToken)) await FlushSafelyAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // Stopping: what is left is written below, by StopAsync, when no request can add to it any more.
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await FlushSafelyAsync(cancellationToken);
    }

    /// <summary>A loop that ends with an exception takes the whole service with it, and these are only notes about it.</summary>
    private async Task FlushSafelyAsync(CancellationToken cancellation)
    {
        try
        {
            await FlushAsync(cancellation);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Log.Failed(logger, failure);
        }
    }

    private async Task FlushAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var rows = new List<AttemptRow>();
            var open = new Dictionary<(string, string), AttemptRow>();
            var repeats = new Dictionary<(string, string), AttemptRepeat>();
            var taken = new List<SyncAttempt>();
            while (taken.Count < LargestBatch && _pending.Reader.TryRead(out var attempt))
            {
                taken.Add(attempt);
                Add(attempt, rows, open, repeats);
            }

            var dirty = contacts.TakeDirty();
            dirty.Sort(InKeyOrder);
            if (taken.Count == 0 && dirty.Count == 0) return;

            try
            {
                await using var connection = await database.OpenConnectionAsync(cancellation);
                await using var batch = new NpgsqlBatch(connection);
                if (rows.Count > 0) batch.BatchCommands.Add(AttemptTables.Attempts.CommandFor(rows));
                if (repeats.Count > 0) batch.BatchCommands.Add(AttemptTables.Count([.. repeats.Values]));
                if (dirty.Count > 0) batch.BatchCommands.Add(AttemptTables.Contacts(dirty));
                await batch.ExecuteNonQueryAsync(cancellation);
            }
            catch (Exception failure) when (DatabaseFailure.Explains(failure) || failure is OperationCanceledException)
            {
                // The database refuses the rows themselves: they would be refused for ever, and nothing after them be written.
                if (failure is PostgresException { IsTransient: false } refused && IsAboutData(refused))
                {
                    Log.GivenUp(logger, refused, taken.Count);
                    continue;
                }

                foreach (var attempt in taken) _pending.Writer.TryWrite(attempt);
                _lastWritten.Clear();
                contacts.MarkDirty(dirty);
                Log.NotWritten(logger, taken.Count, dirty.Count, failure.Message);
                return;
            }

            if (_lastWritten.Count > Capacity) _lastWritten.Clear();
            if (taken.Count < LargestBatch) return;
        }
    }

    private void Add(SyncAttempt attempt, List<AttemptRow> rows, Dictionary<(string, string), AttemptRow> open, Dictionary<(string, string), AttemptRepeat> repeats)
    {
        var device = (attempt.WorkspaceId, attempt.DeviceId);
        if (_lastWritten.TryGetValue(device, out var before) && attempt.DeviceId.Length > 0 && attempt.Repeats(before))
        {
            if (open.TryGetValue(device, out var row)) row.Repeat(attempt);
            else if (repeats.TryGetValue(device, out var repeat)) repeats[device] = repeat with { Times = repeat.Times + 1, LastReceivedAt = attempt.ReceivedAt };
            else repeats[device] = new AttemptRepeat(before, 1, attempt.ReceivedAt);
            return;
        }

        rows.Add(open[device] = new AttemptRow(attempt));
        _lastWritten[device] = attempt;
    }

    /// <summary>Classes 22 and 23 of SQLSTATE: a value that does not fit, a constraint that does not hold.</summary>
    private static bool IsAboutData(PostgresException failure) =>
        failure.SqlState.StartsWith("22", StringComparison.Ordinal) || failure.SqlState.StartsWith("23", StringComparison.Ordinal);

    /// <summary>Two instances write the contacts of the same devices: in one order they wait for each other, in two they deadlock.</summary>
    private static int InKeyOrder(ContactFacts left, ContactFacts right)
    {
        var order = string.CompareOrdinal(left.WorkspaceId, right.WorkspaceId);
        return order != 0 ? order : string.CompareOrdinal(left.DeviceId, right.DeviceId);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Attempts} attempts and {Contacts} contacts are kept for the next try: {Reason}")]
        public static partial void NotWritten(ILogger logger, int attempts, int contacts, string reason);

        [LoggerMessage(LogLevel.Error, "{Attempts} attempts were given up: the database refuses them")]
        public static partial void GivenUp(ILogger logger, Exception failure, int attempts);

        [LoggerMessage(LogLevel.Error, "Attempts could not be written; the next ones are tried again")]
        public static partial void Failed(ILogger logger, Exception failure);
    }
}
