using System.Diagnostics;
using Ingest.Testing.Service;
using Npgsql;

namespace Ingest.Faults.Tests.Soak;

/// <summary>What the service and its database take at one moment.</summary>
/// <param name="At">A timestamp.</param>
/// <param name="MemoryBytes">Resident memory of the service.</param>
/// <param name="Connections">Sessions of the service in Postgres.</param>
/// <param name="HotBytes">The tables that every envelope updates, with their indexes.</param>
/// <param name="AttemptBytes">The table that grows with every envelope until it is pruned.</param>
/// <param name="LiveRows">Rows of the hot tables.</param>
/// <param name="DeadRows">Versions of rows of the hot tables that nobody sees any more, as Postgres counts them.</param>
/// <param name="Vacuums">How often autovacuum has come to them.</param>
internal sealed record Sample(long At, long MemoryBytes, long Connections, long HotBytes, long AttemptBytes, long LiveRows, long DeadRows, long Vacuums)
{
    private const string Sql = """
        SELECT (SELECT count(*) FROM pg_stat_activity WHERE application_name = 'ingest'),
               sum(pg_total_relation_size(relid)) FILTER (WHERE relname <> 'sync_attempts')::bigint,
               sum(pg_total_relation_size(relid)) FILTER (WHERE relname = 'sync_attempts')::bigint,
               sum(n_live_tup) FILTER (WHERE relname <> 'sync_attempts')::bigint,
               sum(n_dead_tup) FILTER (WHERE relname <> 'sync_attempts')::bigint,
               sum(autovacuum_count)::bigint
        FROM pg_stat_user_tables
        WHERE relname IN ('devices', 'device_contacts', 'device_days', 'daily_rollups', 'session_summaries', 'sync_attempts')
        """;

    public static async Task<Sample> TakeAsync(ServiceProcess service, NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand(Sql);
        await using var reader = await command.ExecuteReaderAsync();
        (await reader.ReadAsync()).ShouldBeTrue();
        using var process = Process.GetProcessById(service.ProcessId);
        return new Sample(
            Stopwatch.GetTimestamp(), process.WorkingSet64,
            reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5));
    }
}
