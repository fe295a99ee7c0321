using System.Collections.Concurrent;
using Ingest.Domain.Identity;
using Ingest.Persistence.Tenancy;
using Npgsql;
using NpgsqlTypes;

namespace Ingest.Persistence.Identity;

/// <summary>
/// When each key was last used and last polled for prices. Noted in memory by the request, written behind in one
/// statement: a request waits for none of it, and a busy key costs one row version in half a minute.
/// </summary>
public sealed class KeyUseRecorder
{
    private const int Capacity = 50_000;
    private const int WriteTimeoutSeconds = 5;

    private static readonly TimeSpan PerKey = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<(string WorkspaceId, Guid KeyId), Use> _uses = new();
    private readonly NpgsqlDataSource _dataSource;
    private readonly TimeProvider _time;

    internal KeyUseRecorder(NpgsqlDataSource dataSource, TimeProvider time) => (_dataSource, _time) = (dataSource, time);

    /// <summary>The key was presented and found.</summary>
    public void Used(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        Note(caller, polled: false);
    }

    /// <summary>The key asked for the active prices, which an idle daemon does every hour: contact, and use.</summary>
    public void Polled(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        Note(caller, polled: true);
    }

    /// <summary>Writes what is due, or everything when the service stops. What could not be written is kept for the next time.</summary>
    internal async Task FlushAsync(bool everything, CancellationToken cancellation)
    {
        var now = _time.GetUtcNow();
        var due = new List<((string WorkspaceId, Guid KeyId) Key, Use Use, Moments Moments)>();
        foreach (var (key, use) in _uses)
        {
            if (!everything && now - use.WrittenAt < PerKey) continue;
            if (use.Unwritten is { } moments) due.Add((key, use, moments));
            else if (use.Retire()) _uses.TryRemove(new(key, use));
        }

        if (due.Count == 0) return;

        await using var batch = new ScopedBatch(_dataSource, WorkspaceScope.Of(due.Select(entry => entry.Key.WorkspaceId))) { TimeoutSeconds = WriteTimeoutSeconds };
        var parameters = batch.Add(Sql);
        Add(parameters, NpgsqlDbType.Text, due.ConvertAll(entry => entry.Key.WorkspaceId));
        Add(parameters, NpgsqlDbType.Uuid, due.ConvertAll(entry => entry.Key.KeyId));
        Add(parameters, NpgsqlDbType.TimestampTz, due.ConvertAll(entry => entry.Moments.UsedAt));
        Add(parameters, NpgsqlDbType.TimestampTz, due.ConvertAll(entry => entry.Moments.PolledAt));
        await batch.ExecuteAsync(cancellation);

        foreach (var (_, use, moments) in due) use.Wrote(moments, now);
    }

    private static void Add<T>(NpgsqlParameterCollection parameters, NpgsqlDbType type, List<T> values) =>
        parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | type, Value = values });

    private void Note(Caller caller, bool polled)
    {
        var key = (caller.WorkspaceId, caller.KeyId);
        while (true)
        {
            if (!_uses.TryGetValue(key, out var use))
            {
                // Over the bound a key goes unrecorded rather than the memory unbounded: this happens only while nothing can be written.
                if (_uses.Count >= Capacity) return;
                use = _uses.GetOrAdd(key, static _ => new Use());
            }

            if (use.TryNote(_time.GetUtcNow(), polled)) return;
            _uses.TryRemove(new(key, use));
        }
    }

    // Rows are locked in key order before they are changed: two instances writing the same keys would otherwise deadlock.
    private const string Sql = """
        WITH due AS (
            SELECT * FROM unnest($1, $2, $3, $4) AS d (workspace_id, key_id, used_at, polled_at)
        ), locked AS (
            SELECT k.workspace_id, k.key_id, due.used_at, due.polled_at
            FROM api_keys AS k
            JOIN due ON due.workspace_id = k.workspace_id AND due.key_id = k.key_id
            ORDER BY k.workspace_id, k.key_id
            FOR NO KEY UPDATE OF k
        )
        UPDATE api_keys AS k
        SET last_used_at = GREATEST(k.last_used_at, locked.used_at), last_polled_at = GREATEST(k.last_polled_at, locked.polled_at)
        FROM locked
        WHERE k.workspace_id = locked.workspace_id AND k.key_id = locked.key_id
        """;

    private sealed record Moments(DateTimeOffset UsedAt, DateTimeOffset? PolledAt);

    private sealed class Use
    {
        private readonly Lock _lock = new();
        private Moments? _unwritten;
        private bool _retired;

        public Moments? Unwritten
        {
            get
            {
                lock (_lock) return _unwritten;
            }
        }

        /// <summary>Read and written by the one that flushes only.</summary>
        public DateTimeOffset WrittenAt { get; private set; } = DateTimeOffset.MinValue;

        /// <summary>False once retired: noted there, the one use of a quiet key would be lost.</summary>
        public bool TryNote(DateTimeOffset now, bool polled)
        {
            lock (_lock)
            {
                if (_retired) return false;
                _unwritten = new Moments(now, polled ? now : _unwritten?.PolledAt);
                return true;
            }
        }

        public bool Retire()
        {
            lock (_lock) return _retired = _unwritten is null;
        }

        public void Wrote(Moments moments, DateTimeOffset now)
        {
            WrittenAt = now;
            lock (_lock)
            {
                if (ReferenceEquals(_unwritten, moments)) _unwritten = null;
            }
        }
    }
}
