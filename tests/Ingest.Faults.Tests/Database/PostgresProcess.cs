using System.Diagnostics;
using Ingest.Persistence.Cluster;
using Npgsql;

namespace Ingest.Faults.Tests.Database;

/// <summary>The processes of the Postgres in a data directory, to be hurt.</summary>
internal sealed class PostgresProcess(string dataDirectory)
{
    private readonly ClusterLayout _layout = new(dataDirectory);

    /// <summary>The process of the server; 0 while none says that it is ready.</summary>
    public int ProcessId => Postmaster.Read(_layout.Cluster) is { Ready: true } running ? running.ProcessId : 0;

    /// <summary>The service's own account, past the service. Every connection is a new one, since the server may be another one than a moment ago.</summary>
    public string ConnectionString => ConnectionOf("ingest");

    /// <summary>The superuser, for whom Postgres keeps connections free.</summary>
    public string AdministratorConnectionString => ConnectionOf("postgres");

    public void Kill()
    {
        using var server = Process.GetProcessById(ProcessId);
        server.Kill();
    }

    /// <summary>Kills a session of the service: the server takes that for a crash, ends all sessions and recovers.</summary>
    public async Task KillSessionAsync()
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'ingest' ORDER BY state_change DESC LIMIT 1", connection);
        using var session = Process.GetProcessById((int)(await command.ExecuteScalarAsync())!);
        session.Kill();
    }

    /// <summary>As an operator or the machine's shutdown does: sessions are ended, transactions undone.</summary>
    public async Task StopAsync()
    {
        using var stop = Process.Start("kill", ["-INT", $"{ProcessId}"]);
        await stop.WaitForExitAsync();
    }

    private string ConnectionOf(string user) => new NpgsqlConnectionStringBuilder
    {
        Host = _layout.SocketDirectory,
        Username = user,
        Password = _layout.ReadPassword(),
        Database = "ingest",
        Pooling = false,
    }.ConnectionString;
}
