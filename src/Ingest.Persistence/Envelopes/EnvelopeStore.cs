using Ingest.Domain;
using Ingest.Domain.Ledger;
using Ingest.Persistence.Attempts;
using Npgsql;

namespace Ingest.Persistence.Envelopes;

/// <summary>
/// The write path. An envelope that changes nothing is answered from the ledger without a transaction; any other is decided again
/// under its device's lock and committed as one. Within this process the envelopes of one device come one after the other:
/// sixteen at once would otherwise hold sixteen connections to wait for one lock.
/// </summary>
internal sealed class EnvelopeStore(NpgsqlDataSource database, DeviceContacts contacts, StoreLimits limits) : IEnvelopeStore
{
    private const int Tries = 4;

    public async Task<StoreResult> StoreAsync(ReceivedEnvelope received, CancellationToken cancellation)
    {
        var work = new EnvelopeWork(received);
        using var contact = await contacts.EnterAsync(work.Device, cancellation);
        var observed = false;

        // Stamps are taken in once an envelope, also where it is decided twice.
        void Observe(EnvelopeWork decided)
        {
            contact.Learn(decided.StoredClock, decided.Stored.Device.IsRegistered);
            if (!observed) (decided.Clock, decided.IsLate) = contact.Observe(received.ReceivedAt, received.Envelope.SyncedAt);
            observed = true;
        }

        try
        {
            for (var tried = 1; ; tried++)
            {
                try
                {
                    await using var connection = await database.OpenConnectionAsync(cancellation);
                    if (tried == 1 && await ChangesNothingAsync(connection, work, Observe, cancellation)) break;
                    await new EnvelopeTransaction(connection, limits).RunAsync([work], Observe, cancellation);
                    break;
                }
                catch (PostgresException conflict) when (conflict.IsTransient && tried < Tries && conflict.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
                {
                    work.Refusal = null;
                }
            }
        }
        catch (Exception failure) when (DatabaseFailure.Explains(failure))
        {
            throw new StoreUnavailableException("The database did not confirm the envelope; sending it again is safe.", failure);
        }

        if (work.Refusal is { } refusal) return refusal;
        contact.Registered();
        return new StoreResult.Stored(work.Plan!.Watermark, work.Plan.Counts);
    }

    private async Task<bool> ChangesNothingAsync(NpgsqlConnection connection, EnvelopeWork work, Action<EnvelopeWork> observe, CancellationToken cancellation)
    {
        await StoredStateReader.ReadAllAsync(connection, [work], cancellation);
        observe(work);

        // What is in quarantine may be settled by a row that otherwise changes nothing; which of them is only looked up under the lock.
        if (work.Stored.Device is not { IsRegistered: true, QuarantinedRows: 0 }) return false;
        work.Plan = EnvelopePlanner.Plan(work.Received.Envelope, work.Stored, work.Clock, work.IsLate, work.Received.ReceivedAt, limits.GraceDays);
        return work.Plan.WritesNothing;
    }
}
