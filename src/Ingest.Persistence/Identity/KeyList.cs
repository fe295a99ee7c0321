using Ingest.Persistence.Tenancy;
using Npgsql;

namespace Ingest.Persistence.Identity;

/// <summary>
/// The hashes of the keys that exist, read all at once and seldom. It tells a good key from a guessed one at a cost that does not grow with the
/// guesses, and is too old to refuse a key by.
/// </summary>
internal sealed class KeyList(NpgsqlDataSource dataSource, TimeProvider time)
{
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(10);

    /// <summary>Some megabytes. Of a server with more keys, those beyond wait until nobody guesses from their address.</summary>
    private const int Most = 100_000;

    private readonly Lock _starting = new();
    private Task<Snapshot>? _latest;

    public async Task<bool> ContainsAsync(KeyHash hash, CancellationToken cancellation) => (await LatestAsync().WaitAsync(cancellation)).Hashes.Contains(hash);

    /// <summary>One read for all who ask meanwhile, and for the next seconds; who gives up waiting does not end it.</summary>
    private Task<Snapshot> LatestAsync()
    {
        lock (_starting)
        {
            var isOf = _latest is { IsCompletedSuccessfully: true } read && time.GetElapsedTime(read.Result.ReadAt) < Age;
            return isOf || _latest is { IsCompleted: false } ? _latest! : _latest = ReadAsync();
        }
    }

    private async Task<Snapshot> ReadAsync()
    {
        var readAt = time.GetTimestamp();
        await using var batch = new ScopedBatch(dataSource, WorkspaceScope.All);
        batch.Add(Sql);
        await using var reader = await batch.ReadAsync(CancellationToken.None);
        var hashes = new HashSet<KeyHash>();
        while (await reader.ReadAsync()) hashes.Add(KeyHash.FromBytes(reader.GetFieldValue<byte[]>(0)));
        return new Snapshot(hashes, readAt);
    }

    private static readonly string Sql = $"SELECT key_hash FROM api_keys WHERE revoked_at IS NULL OR of_deleted_device LIMIT {Most}";

    private sealed record Snapshot(HashSet<KeyHash> Hashes, long ReadAt);
}
