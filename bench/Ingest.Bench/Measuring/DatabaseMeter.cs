using System.Diagnostics;
using Ingest.Bench.Cluster;
using Npgsql;
using NpgsqlTypes;

namespace Ingest.Bench.Measuring;

/// <summary>Asks Postgres what a load has cost it.</summary>
internal sealed class DatabaseMeter(BenchDatabase database, Patience patience)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private static readonly string[] DataTables = ["daily_rollups", "session_summaries", "window_summaries"];
    private static readonly string[] LedgerTables = ["devices", "device_days", "day_versions", "device_rewinds"];

    /// <summary>Up to where everything is on disk.</summary>
    public async Task<NpgsqlLogSequenceNumber> PlaceAsync(CancellationToken cancellation)
    {
        await using var command = database.Administrator.CreateCommand("SELECT pg_current_wal_flush_lsn()");
        return (NpgsqlLogSequenceNumber)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Waits until nothing is written any more: what the service writes behind a load belongs to it.</summary>
    public async Task SettleAsync(CancellationToken cancellation) => await StillAsync(PlaceAsync, patience.UntilWritten, cancellation);

    public async Task<WalBytes> WalAsync(NpgsqlLogSequenceNumber from, NpgsqlLogSequenceNumber to, CancellationToken cancellation)
    {
        if (to <= from) return new WalBytes(0, 0);
        try
        {
            await using var command = database.Administrator.CreateCommand(
                "SELECT sum(record_size)::bigint, sum(fpi_size)::bigint FROM pg_get_wal_stats($1, $2)");
            command.Parameters.Add(new NpgsqlParameter<NpgsqlLogSequenceNumber> { TypedValue = from, NpgsqlDbType = NpgsqlDbType.PgLsn });
            command.Parameters.Add(new NpgsqlParameter<NpgsqlLogSequenceNumber> { TypedValue = to, NpgsqlDbType = NpgsqlDbType.PgLsn });
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            await reader.ReadAsync(cancellation);
            return new WalBytes(reader.GetInt64(0), reader.GetInt64(1));
        }
        catch (PostgresException)
        {
            // A checkpoint has removed the beginning.
            return new WalBytes((long)((ulong)to - (ulong)from), null);
        }
    }

    /// <summary>After every server process has told what it did.</summary>
    public Task<StoredCounts> CountsAsync(CancellationToken cancellation) => StillAsync(ReadCountsAsync, patience.UntilCounted, cancellation);

    public Task CheckpointAsync(CancellationToken cancellation) => database.ExecuteAsync("CHECKPOINT", cancellation);

    private async Task<StoredCounts> ReadCountsAsync(CancellationToken cancellation) =>
        new(await ReadCountsAsync(DataTables, cancellation), await ReadCountsAsync(LedgerTables, cancellation));

    private async Task<TableCounts> ReadCountsAsync(string[] tables, CancellationToken cancellation)
    {
        await using var command = database.Administrator.CreateCommand("""
            SELECT sum(n_tup_ins)::bigint, sum(n_tup_upd)::bigint, sum(n_tup_hot_upd)::bigint, sum(n_tup_del)::bigint, sum(n_dead_tup)::bigint
            FROM pg_stat_user_tables WHERE relname = ANY ($1)
            """);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = tables });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return new TableCounts(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4));
    }

    private static async Task<T> StillAsync<T>(Func<CancellationToken, Task<T>> read, TimeSpan quiet, CancellationToken cancellation)
    {
        var waiting = Stopwatch.StartNew();
        var last = await read(cancellation);
        var since = waiting.Elapsed;
        while (waiting.Elapsed - since < quiet && waiting.Elapsed < Longest)
        {
            await Task.Delay(Look, cancellation);
            var now = await read(cancellation);
            if (EqualityComparer<T>.Default.Equals(now, last)) continue;
            (last, since) = (now, waiting.Elapsed);
        }

        return last;
    }
}
