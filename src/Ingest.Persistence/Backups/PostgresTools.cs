using System.Diagnostics;
using Ingest.Persistence.Cluster;
using Npgsql;

namespace Ingest.Persistence.Backups;

/// <summary>The programs that dump and restore a database, told where it is by their environment: command lines are for all to see.</summary>
internal sealed class PostgresTools
{
    private static readonly string[] Programs = ["pg_dump", "pg_restore", "psql"];

    private readonly Installation _installation;
    private readonly IReadOnlyDictionary<string, string> _environment;

    private PostgresTools(Installation installation, string connectionString) =>
        (_installation, _environment) = (installation, EnvironmentOf(connectionString));

    /// <summary>Those of the server's own version where there are any: older ones refuse it, and what newer ones write it may not understand.</summary>
    /// <param name="configured">The only folder to look in, where one is configured.</param>
    /// <param name="connectionString">The database to work on.</param>
    /// <param name="serverMajor">Its version.</param>
    /// <param name="cancellation">Gives up the search.</param>
    /// <exception cref="BackupException">There are none; the message says what to install.</exception>
    public static async Task<PostgresTools> FindAsync(string? configured, string connectionString, int serverMajor, CancellationToken cancellation)
    {
        var found = new List<Installation>();
        await foreach (var one in Installation.FindAsync(configured, folders: null, Programs, cancellation)) found.Add(one);
        var fit = found.Where(one => one.Major >= serverMajor).MinBy(one => one.Major);
        return fit is not null
            ? new PostgresTools(fit, connectionString)
            : throw new BackupException(
                $"The programs {string.Join(", ", Programs)} of PostgreSQL {serverMajor}, which the database has, are needed"
                + (found.Count > 0 ? $", but only those of {string.Join(", ", found)} are here. " : ", and none are here. ")
                + $"Install them (apt-get install postgresql-client-{serverMajor}, or brew install postgresql@{serverMajor}), or name their folder with Embedded__BinDirectory.");
    }

    public override string ToString() => $"{_installation}";

    public Task<CommandResult> DumpAsync(IReadOnlyList<string> arguments, CancellationToken cancellation) =>
        ServerCommand.RunAsync(_installation.Program("pg_dump"), arguments, _environment, cancellation);

    /// <summary>Reads an archive without a database.</summary>
    public Task<CommandResult> ReadArchiveAsync(IReadOnlyList<string> arguments, CancellationToken cancellation) =>
        ServerCommand.RunAsync(_installation.Program("pg_restore"), arguments, new Dictionary<string, string>(StringComparer.Ordinal), cancellation);

    public Process StartArchiveReader(IReadOnlyList<string> arguments) =>
        ServerCommand.Start(_installation.Program("pg_restore"), arguments, capture: true, environment: null);

    /// <summary>Runs the statements it reads, until one fails.</summary>
    public Process StartClient() =>
        ServerCommand.Start(_installation.Program("psql"), ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-"], capture: true, _environment);

    private static Dictionary<string, string> EnvironmentOf(string connectionString)
    {
        var options = new NpgsqlConnectionStringBuilder(connectionString);
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PGHOST"] = options.Host ?? "localhost",
            ["PGPORT"] = $"{options.Port}",
            ["PGDATABASE"] = options.Database ?? options.Username ?? "ingest",
            ["PGAPPNAME"] = "ingest",
            ["PGSSLMODE"] = options.SslMode switch { SslMode.VerifyCA => "verify-ca", SslMode.VerifyFull => "verify-full", var mode => mode.ToString().ToLowerInvariant() },
        };
        Add("PGUSER", options.Username);
        Add("PGPASSWORD", options.Password);
        Add("PGPASSFILE", options.Passfile);
        Add("PGSSLROOTCERT", options.RootCertificate);
        Add("PGSSLCERT", options.SslCertificate);
        Add("PGSSLKEY", options.SslKey);
        return environment;

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value)) environment[name] = value;
        }
    }
}
