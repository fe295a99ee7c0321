using System.Diagnostics.Metrics;
using Ingest.Domain;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Ledger;
using Ingest.Persistence.Attempts;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Ingest.Persistence.Envelopes;

/// <summary>
/// The write path. An envelope that looks as if it changed nothing is looked up without a lock, and where that is so it is answered from the
/// ledger; any other is decided and written under the lock of its device, in a transaction that it shares with those of other devices.
/// Within this process the envelopes of one device come one after the other.
/// </summary>
internal sealed partial class EnvelopeStore : IEnvelopeStore
{
    /// <summary>A share of the crowd: a larger one would leave the other workers nothing to do.</summary>
    private const int LargestBatch = 24;

    private const int Tries = 4;

    /// <summary>
    /// For the whole of it, the wait behind the device's other envelopes too. A stock daemon waits 30 s for its answer (C§3.1); what takes
    /// longer is done for nobody, holds its rows in memory, and each retry adds another one.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly NpgsqlDataSource _database;
    private readonly DeviceContacts _contacts;
    private readonly LookBackBudget _lookBacks;
    private readonly StoreLimits _limits;
    private readonly TimeProvider _time;
    private readonly ILogger<EnvelopeStore> _logger;
    private readonly Histogram<int> _batches;
    private readonly EnvelopeQueue _lookUps;
    private readonly EnvelopeQueue _writes;
    private readonly EnvelopeQueue _alone;

    public EnvelopeStore(
        ServerDatabase database, DeviceContacts contacts, LookBackBudget lookBacks, StoreLimits limits, TimeProvider time,
        IMeterFactory meters, ILogger<EnvelopeStore> logger)
    {
        (_database, _contacts, _lookBacks, _limits, _time, _logger) = (database.Writers, contacts, lookBacks, limits, time, logger);
        _lookUps = new EnvelopeQueue(ServerDatabase.LookUpWorkers, LargestBatch, LookUpAsync);
        _writes = new EnvelopeQueue(ServerDatabase.WriteWorkers, LargestBatch, WriteTogetherAsync);
        _alone = new EnvelopeQueue(ServerDatabase.LoneWorkers, 1, works => WriteAloneAsync(works[0]));
        var meter = meters.Create(StoreMeter.Name);
        _batches = meter.CreateHistogram(
            "ingest.commit.envelopes", "{envelope}", "Envelopes that share a transaction.", advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, LargestBatch] });
        meter.CreateObservableUpDownCounter(
            "ingest.queue.envelopes",
            () => new[] { Waiting(_lookUps, "look_up"), Waiting(_writes, "write"), Waiting(_alone, "alone") },
            "{envelope}",
            "Envelopes that wait for the database, by what for: to be looked up, written together, or written alone.");
    }

    public async Task<StoreResult> StoreAsync(ReceivedEnvelope received, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            return await StoreWithinAsync(received, either.Token);
        }
        catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            throw new StoreUnavailableException("The database took too long; sending the envelope again is safe.", late);
        }
        catch (Exception failure) when (DatabaseFailure.Cause(failure) is { } cause)
        {
            // Where the database answers, the readiness has nothing to tell: a full disk or a lost right would be known to nobody.
            if (cause is PostgresException refusal) Log.Refused(_logger, refusal.SqlState, refusal.MessageText, received.AttemptId);
            throw new StoreUnavailableException("The database did not confirm the envelope; sending it again is safe.", failure);
        }
    }

    private async Task<StoreResult> StoreWithinAsync(ReceivedEnvelope received, CancellationToken cancellation)
    {
        using var contact = await _contacts.EnterAsync((received.Caller.WorkspaceId, received.Envelope.DeviceId), cancellation);
        var work = new EnvelopeWork(received)
        {
            Contact = contact,
            MayLookBack = _lookBacks.HasAny,
            GivenUp = cancellation,
            Known = contact.Known,
            IsStoredAlready = contact.Known?.IsSaidBy(received) == true,
        };
        if (work.IsStoredAlready || IsOfClosedDays(received)) await _lookUps.RunAsync(work, cancellation);
        if (!work.IsSettled) await _writes.RunAsync(work, cancellation);
        if (!work.IsSettled) await _alone.RunAsync(work, cancellation);

        if (work.Refusal is { } refusal) return refusal;
        if (work.Plan!.LooksBack) _lookBacks.Spend();
        return new StoreResult.Stored(work.Plan.Watermark, work.Plan.Counts);
    }

    /// <summary>Days of long ago are mostly sent again unchanged: what a look-back brings.</summary>
    private bool IsOfClosedDays(ReceivedEnvelope received) =>
        received.Envelope.LatestDay <= WatermarkRule.ClosedThrough(received.ReceivedAt, received.ReceivedAt, _limits.Ledger.GraceDays);

    private Task LookUpAsync(IReadOnlyList<EnvelopeWork> works) => TogetherAsync(works, async (connection, cancellation) =>
    {
        await StoredStateReader.ReadAsync(connection, works, DeviceLocks.None, cancellation);
        foreach (var work in works)
        {
            if (work.RefuseByStanding())
            {
                work.Settle();
                continue;
            }

            work.Observe(_limits.Ledger);
            if (!work.Stored.Device.IsRegistered || (work.IsStoredAlready && work.Stored.Device.Revision != work.Known!.Revision)) continue;
            work.Decide(_limits.Ledger);
            if (work.Plan!.WritesNothing) work.Settle();
        }
    });

    private Task WriteTogetherAsync(IReadOnlyList<EnvelopeWork> works) => TogetherAsync(works, async (connection, cancellation) =>
    {
        var settled = await new EnvelopeTransaction(connection, _limits).RunAsync(works, cancellation);
        foreach (var work in settled) work.Settle();
        if (settled.Count > 0) _batches.Record(settled.Count);
    });

    private static Measurement<int> Waiting(EnvelopeQueue queue, string name) => new(queue.Waiting, new KeyValuePair<string, object?>("queue", name));

    /// <summary>
    /// What cannot be settled in company stays for itself: a device at its first contact, or that somebody else holds, a conflict, and a batch
    /// with an envelope that the database or this program cannot take, so that it fails alone. A database that is away fails them all:
    /// nobody knows what became of them.
    /// </summary>
    private async Task TogetherAsync(IReadOnlyList<EnvelopeWork> works, Func<NpgsqlConnection, CancellationToken, Task> run)
    {
        using var limit = new CancellationTokenSource(Patience, _time);
        var cancellation = works.Count == 1 ? works[0].GivenUp : limit.Token;
        try
        {
            await using var connection = await _database.OpenConnectionAsync(cancellation);
            await run(connection, cancellation);
        }
        catch (Exception failure) when (!IsConflict(failure) && (works.Count == 1 || !IsOfOne(failure)))
        {
            foreach (var work in works.Where(work => !work.IsSettled)) work.Failure = failure;
        }
        catch (Exception)
        {
            // Each of them is tried alone, and told of its own failure there.
        }
    }

    private async Task WriteAloneAsync(EnvelopeWork work)
    {
        for (var tried = 1; !work.IsSettled && work.Failure is null; tried++)
        {
            try
            {
                await using var connection = await _database.OpenConnectionAsync(work.GivenUp);
                await new EnvelopeTransaction(connection, _limits).RunAloneAsync(work, work.GivenUp);
                work.Settle();
            }
            catch (Exception failure)
            {
                if (tried == Tries || !IsConflict(failure)) work.Failure = failure;
            }
        }
    }

    /// <summary>Whether the next try may find it otherwise. A null is what <see cref="DayTables"/> writes where other rows stand there than are known to.</summary>
    private static bool IsConflict(Exception failure) => failure is RowsMovedException
        or PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure }
        or PostgresException { SqlState: PostgresErrorCodes.NotNullViolation, TableName: DayTables.Rollups };

    /// <summary>Whether one envelope of several may be the cause: the database is there and took offence, or this program did.</summary>
    private static bool IsOfOne(Exception failure) => failure is not OperationCanceledException
        && (DatabaseFailure.Cause(failure) is not { } cause
            || cause is PostgresException { SqlState: not (['0', '8', ..] or ['5', '3', ..] or ['5', '7', 'P', ..] or ['5', '8', ..]) });

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The database refused an envelope, attempt {AttemptId}: {SqlState}: {Reason}")]
        public static partial void Refused(ILogger logger, string sqlState, string reason, Guid attemptId);
    }
}
