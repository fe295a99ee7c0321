using System.Security.Cryptography;
using Ingest.Domain.Identity;
using Ingest.Persistence.Tenancy;
using Npgsql;
using NpgsqlTypes;

namespace Ingest.Persistence.Identity;

/// <summary>Keys in Postgres, behind a cache of those that exist.</summary>
internal sealed class KeyDirectory(NpgsqlDataSource dataSource, KeyCache cache, KeyList list, KeyUseRecorder uses, TimeProvider time) : IKeyDirectory, IDisposable
{
    // A 401 on anything but an answer would silence a daemon for good.
    private readonly LookUps _lookUps = new("The database could not say whether the key exists.", time);

    public async ValueTask<KeyLookup> FindAsync(string? key, CancellationToken cancellation)
    {
        var generation = cache.Current;
        if (!ApiKeyText.TryParse(key, out var presented))
        {
            return cache.IsKnownOpen(generation)
                ? new KeyLookup(KeyLookupOutcome.Unknown, null)
                : await LookUpAsync(null, generation, cancellation);
        }

        var hash = KeyHash.Of(presented);
        // One that has ended may have been given longer since: like an unknown one it is refused only by what the database says.
        var found = cache.Find(generation, hash) is { } known && !known.IsExpired(time.GetUtcNow())
            ? new KeyLookup(KeyLookupOutcome.Found, known)
            : await LookUpAsync(hash, generation, cancellation);
        if (found.Caller is not { } caller) return found;
        if (caller.IsExpired(time.GetUtcNow())) return new KeyLookup(KeyLookupOutcome.Expired, null);
        uses.Used(caller);
        return found;
    }

    public async ValueTask<KeyLookup> FindListedAsync(string? key, CancellationToken cancellation)
    {
        var isListed = ApiKeyText.TryParse(key, out var presented)
            && KeyHash.Of(presented) is var hash
            && (cache.Find(cache.Current, hash) is not null || await _lookUps.AskAsync(either => list.ContainsAsync(hash, either), cancellation));
        return isListed ? await FindAsync(key, cancellation) : new KeyLookup(KeyLookupOutcome.NotListed, null);
    }

    public void Dispose() => _lookUps.Dispose();

    /// <summary>By itself, so that a key that is known costs no closure.</summary>
    private Task<KeyLookup> LookUpAsync(KeyHash? hash, KeyCache.Generation generation, CancellationToken cancellation) =>
        _lookUps.AskAsync(either => ReadAsync(hash, generation, either), cancellation);

    private async Task<KeyLookup> ReadAsync(KeyHash? hash, KeyCache.Generation generation, CancellationToken cancellation)
    {
        // Of which workspace a key is, only its row tells.
        await using var batch = new ScopedBatch(dataSource, WorkspaceScope.All);
        var wanted = hash?.ToBytes();
        batch.Add(Sql).Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Bytea, Value = (object?)wanted ?? DBNull.Value });

        var readAt = time.GetTimestamp();
        await using var reader = await batch.ReadAsync(cancellation);
        await reader.ReadAsync(cancellation);
        if (reader.GetBoolean(0)) return new KeyLookup(KeyLookupOutcome.Maintenance, null);
        if (!reader.GetBoolean(1)) return new KeyLookup(KeyLookupOutcome.NotSetUp, null);

        generation.RememberOpen(readAt);
        if (hash is null || reader.IsDBNull(2) || !CryptographicOperations.FixedTimeEquals(reader.GetFieldValue<byte[]>(2), wanted))
        {
            return new KeyLookup(KeyLookupOutcome.Unknown, null);
        }

        var caller = CallerTable.Read(reader, 3);
        generation.Remember(hash.Value, caller, readAt);
        return new KeyLookup(KeyLookupOutcome.Found, caller);
    }

    // One round trip, also for a key that does not exist: only beside "is the server set up and open" does its absence mean anything.
    private const string Sql = $"""
        SELECT state.maintenance_since IS NOT NULL,
               found.key_hash IS NOT NULL OR EXISTS (SELECT FROM api_keys),
               found.key_hash, {CallerTable.Columns}
        FROM (SELECT) AS always
        LEFT JOIN server_state AS state ON true
        LEFT JOIN ({CallerTable.OfKeys} AND k.key_hash = $1) AS found ON true
        """;
}
