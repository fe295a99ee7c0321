using Ingest.Domain;
using Ingest.Domain.Ledger;
using Ingest.Persistence.Attempts;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Ingest.Persistence.Envelopes;

/// <summary>
/// The write path. An envelope that changes nothing is answered from the ledger without a transaction; any other is decided again
/// under its device's lock and committed as one. Within this process the envelopes of one device come one after the other:
/// sixteen at once would otherwise hold sixteen connections to wait for one lock.
/// </summary>
internal sealed partial class EnvelopeStore(
    NpgsqlDataSource database, DeviceContacts contacts, LookBackBudget lookBacks, StoreLimits limits, TimeProvider time, ILogger<EnvelopeStore> logger)
    : IEnvelopeStore
{
    private const int Tries = 4;

    /// <summary>
    /// For the whole of it, the wait behind the device's other envelopes too. A stock daemon waits 30 s for its answer (C§3.1); what takes
    /// longer is done for nobody, holds its rows in memory, and each retry adds another one.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public async Task<StoreResult> StoreAsync(ReceivedEnvelope received, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Patience, time);
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
            if (cause is PostgresException refusal) Log.Refused(logger, refusal.SqlState, refusal.MessageText, received.AttemptId);
            throw new StoreUnavailableException("The database did not confirm the envelope; sending it again is safe.", failure);
        }
    }

    private async Task<StoreResult> StoreWithinAsync(ReceivedEnvelope received, CancellationToken cancellation)
    {
        var work = new EnvelopeWork(received) { MayLookBack = lookBacks.HasAny };
        using var contact = await contacts.EnterAsync(work.Device, cancellation);

        // Once an envelope, also where it is decided twice: what was read the second time is older than what the stamp has told by then.
        void Observe(EnvelopeWork decided)
        {
            if (decided.Stamp is not null) return;
            contact.Learn(decided.StoredClock, decided.Stored.Device.IsRegistered);
            decided.Stamp = contact.Observe(received.ReceivedAt, received.Envelope.SyncedAt, limits.Ledger);
        }

        for (var tried = 1; ; tried++)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(cancellation);
                if (tried == 1 && await ChangesNothingAsync(connection, work, Observe, cancellation)) break;
                await new EnvelopeTransaction(connection, limits).RunAsync([work], Observe, cancellation);
                break;
            }
            catch (PostgresException conflict) when (tried < Tries && conflict.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
            {
                work.Refusal = null;
            }
        }

        if (work.Refusal is { } refusal) return refusal;
        contact.Registered();
        if (work.Plan!.LooksBack) lookBacks.Spend();
        return new StoreResult.Stored(work.Plan.Watermark, work.Plan.Counts);
    }

    private async Task<bool> ChangesNothingAsync(NpgsqlConnection connection, EnvelopeWork work, Action<EnvelopeWork> observe, CancellationToken cancellation)
    {
        await StoredStateReader.ReadAllAsync(connection, [work], cancellation);
        observe(work);

        // What is in quarantine may be settled by a row that otherwise changes nothing; which of them is only looked up under the lock.
        if (work.Stored.Device is not { IsRegistered: true, QuarantinedRows: 0 }) return false;
        work.Decide(limits.Ledger);
        return work.Plan!.WritesNothing;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The database refused an envelope, attempt {AttemptId}: {SqlState}: {Reason}")]
        public static partial void Refused(ILogger logger, string sqlState, string reason, Guid attemptId);
    }
}
