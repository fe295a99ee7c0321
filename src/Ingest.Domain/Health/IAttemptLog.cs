namespace Ingest.Domain.Health;

/// <summary>Takes note of attempts; written behind, so that no answer waits for it.</summary>
public interface IAttemptLog
{
    void Record(SyncAttempt attempt);

    /// <summary>
    /// The rejected rows of the device's last attempt that was refused because none of its rows was usable, as a digest; null when its last attempt was another.
    /// </summary>
    ValueTask<byte[]?> LastRefusedRowsAsync(string workspaceId, string deviceId, CancellationToken cancellation);
}
