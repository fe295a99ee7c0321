using Npgsql;

namespace Ingest.Persistence.Quarantine;

/// <summary>Brings replayed rows into the tables, ledger and all, under the guards of the write path.</summary>
internal interface IReplayedRowWriter
{
    /// <summary>Runs within the transaction that is open on the connection and holds the lock of the device.</summary>
    /// <param name="connection">Where to write.</param>
    /// <param name="rows">Of one device, in the order in which they were sent.</param>
    /// <param name="cancellation">Ends the call; the transaction is then rolled back.</param>
    /// <returns>The fate of each row, in the same order. Taking settled rows out of quarantine, and their count off the device, is the caller's.</returns>
    Task<IReadOnlyList<ReplayFate>> WriteAsync(NpgsqlConnection connection, IReadOnlyList<ReplayedRow> rows, CancellationToken cancellation);
}
