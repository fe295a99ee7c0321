using System.Security.Cryptography;
using Ingest.Domain;
using Ingest.Domain.Identity;
using Ingest.Persistence.Envelopes;
using Ingest.Persistence.Tenancy;
using Npgsql;
using NpgsqlTypes;

namespace Ingest.Persistence.Identity;

/// <summary>Keys in Postgres, behind a cache of those that exist.</summary>
internal sealed class KeyDirectory(NpgsqlDataSource dataSource, KeyCache cache, KeyList list, KeyUseRecorder uses, TimeProvider time) : IKeyDirectory, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Unknown keys are asked for again each time: without a bound, strangers could hold every connection of the pool.
    private readonly SemaphoreSlim _lookUps = new(8);

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
            && (cache.Find(cache.Current, hash) is not null || await AskAsync(either => list.ContainsAsync(hash, either), cancellation));
        return isListed ? await FindAsync(key, cancellation) : new KeyLookup(KeyLookupOutcome.NotListed, null);
    }

    public void Dispose() => _lookUps.Dispose();

    /// <summary>By itself, so that a key that is known costs no closure.</summary>
    private Task<KeyLookup> LookUpAsync(KeyHash? hash, KeyCache.Generation generation, CancellationToken cancellation) =>
        AskAsync(either => ReadAsync(hash, generation, either), cancellation);

    private async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> read, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            await _lookUps.WaitAsync(either.Token);
            try
            {
                return await read(either.Token);
            }
            finally
            {
                _lookUps.Release();
            }
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            // Whatever went wrong, down to a missing table: nothing is known about the key, and a 401 would silence its daemon for good.
            throw new StoreUnavailableException("The database could not say whether the key exists.", failure);
        }
    }

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

        var caller = new Caller(
            reader.GetString(3), reader.GetGuid(4), reader.GetGuid(5), UserRoleColumn.Read(reader.GetString(6)), reader.GetString(7),
            CompletenessColumn.Read(reader.GetString(8)), KeyScopesColumn.Read(reader.GetFieldValue<string[]>(9)))
        {
            UserName = reader.GetString(10),
            BoundDeviceId = reader.TextAt(11),
            ExpiresAt = reader.InstantAt(12),
            IsOfDeletedDevice = reader.GetBoolean(14),
            KeyName = reader.TextAt(13),
        };
        generation.Remember(hash.Value, caller, readAt);
        return new KeyLookup(KeyLookupOutcome.Found, caller);
    }

    // A key that was made for somebody before they were an owner may be known to whoever made it, who was none: it acts as a manager's.
    // One round trip, also for a key that does not exist: only beside "is the server set up and open" does its absence mean anything.
    private const string Sql = """
        SELECT state.maintenance_since IS NOT NULL,
               found.key_hash IS NOT NULL OR EXISTS (SELECT FROM api_keys),
               found.key_hash, found.workspace_id, found.key_id, found.user_id, found.role, found.prefix, found.complete_by,
               found.scopes, found.user_name, found.device_id, found.expires_at, found.key_name, found.of_deleted_device
        FROM (SELECT) AS always
        LEFT JOIN server_state AS state ON true
        LEFT JOIN (
            SELECT k.key_hash, k.workspace_id, k.key_id, k.user_id, CASE WHEN u.role = 'owner' AND NOT k.as_owner THEN 'manager' ELSE u.role END AS role, k.prefix, k.complete_by,
                   k.scopes, u.name AS user_name, k.device_id, k.expires_at, k.name AS key_name, k.of_deleted_device
            FROM api_keys AS k
            JOIN users AS u ON u.workspace_id = k.workspace_id AND u.user_id = k.user_id
            WHERE k.key_hash = $1 AND (k.revoked_at IS NULL OR k.of_deleted_device) AND u.removed_at IS NULL
        ) AS found ON true
        """;
}
