namespace Ingest.Domain.Health;

/// <summary>Takes note of attempts; written behind, so that no answer waits for it.</summary>
public interface IAttemptLog
{
    void Record(SyncAttempt attempt);

    /// <summary>
    /// Whether the device's last envelope without a usable row held these very rows. Good envelopes in between do not matter: a daemon
    /// that is stuck at one chunk sends those before it again with every tick.
    /// </summary>
    /// <param name="rejectedDigest">As in <see cref="SyncAttempt.RejectedDigest"/>.</param>
    /// <exception cref="StoreUnavailableException">The database could not say.</exception>
    ValueTask<bool> WereRefusedBeforeAsync(string workspaceId, string deviceId, byte[] rejectedDigest, CancellationToken cancellation);
}
