namespace Ingest.Simulator.Daemon;

/// <summary>Carries an envelope to the server and the answer back, or loses either.</summary>
internal interface ISyncWire
{
    /// <returns>What the daemon got to know; <see cref="SyncAnswer.NoAnswer"/> where nothing came back.</returns>
    Task<SyncAnswer> PostAsync(byte[] envelope, CancellationToken cancellation);
}
