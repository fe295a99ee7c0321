using Ingest.Domain.Ledger;
using Ingest.Persistence.Attempts;
using Ingest.Persistence.Envelopes;
using Npgsql;

namespace Ingest.Persistence.Quarantine;

/// <summary>
/// Brings rows out of quarantine into the tables, one after the other, by the decision and the statements of any envelope: a row that a newer
/// envelope has overtaken stays out, and a closed day keeps its earlier version.
/// </summary>
internal sealed class ReplayedRowWriter(StoreLimits limits, TimeProvider time)
{
    /// <summary>Runs within the transaction that is open on the connection and holds the lock of the device.</summary>
    /// <param name="connection">Where to write.</param>
    /// <param name="row">What to write.</param>
    /// <param name="cancellation">Ends the call; the transaction is then rolled back.</param>
    /// <returns>Whether it stands there now; otherwise a newer envelope has written its place.</returns>
    public async Task<bool> WriteAsync(NpgsqlConnection connection, ReplayedRow row, CancellationToken cancellation)
    {
        // Alone, it says nothing of the other rows of its day.
        var received = new ReceivedEnvelope(row.Envelope, row.Sender, row.AttemptId, time.GetUtcNow(), IsCompleteByDay: false);
        var work = new EnvelopeWork(received)
        {
            BroughtAt = row.ReceivedAt,
            Stamp = new ObservedStamp(new DeviceClock(row.Order.ClockEpoch, null), IsLate: false, IsRepeated: false),
        };
        await StoredStateReader.ReadAsync(connection, [work], DeviceLocks.None, cancellation);
        await EnvelopeTransaction.DecideAsync(connection, [work], limits.Ledger, cancellation);
        if (work.Plan!.Counts.Superseded > 0) return false;
        if (!work.Plan.WritesNothing) await EnvelopeTransaction.WriteAsync(connection, [work], cancellation);
        return true;
    }
}
