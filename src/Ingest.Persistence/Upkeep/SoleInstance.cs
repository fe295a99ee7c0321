using Npgsql;

namespace Ingest.Persistence.Upkeep;

/// <summary>
/// Work in the background that one instance does for all. A lock of the database decides which, and falls with its session: an instance that
/// dies in the middle holds up nobody. Behind a pooler that shares sessions two may run at once; the work must bear that.
/// </summary>
internal static class SoleInstance
{
    private const string TakeLock = "SELECT pg_try_advisory_lock(hashtext('ingest'), hashtext($1))";
    private const string ReleaseLock = "SELECT pg_advisory_unlock(hashtext('ingest'), hashtext($1))";

    /// <returns>False when another instance is at it.</returns>
    public static async Task<bool> TryRunAsync(NpgsqlDataSource database, string work, Func<Task> run, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        if (!await AskAsync(connection, TakeLock, work, cancellation)) return false;
        try
        {
            await run();
        }
        finally
        {
            // The session goes back to the pool and lives on, and with it the lock.
            if (connection.State == System.Data.ConnectionState.Open) await AskAsync(connection, ReleaseLock, work, CancellationToken.None);
        }

        return true;
    }

    private static async Task<bool> AskAsync(NpgsqlConnection connection, string sql, string work, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = work } } };
        return await command.ExecuteScalarAsync(cancellation) is true;
    }
}
