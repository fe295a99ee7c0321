using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Ingest.Persistence.Tenancy;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Ingest.Persistence.Cluster;

/// <summary>
/// The private Postgres cluster of a service that was given no connection string: made at the first start, stopped with the
/// service, taken over or recovered after a kill. Only processes with the data directory's password reach it, over a Unix socket.
/// </summary>
public sealed partial class LocalCluster : IAsyncDisposable
{
    private const string Database = "ingest";
    private const string Superuser = "postgres";

    /// <summary>How long a starting server may recover from a crash before pg_ctl calls it lost.</summary>
    private const int RecoverySeconds = 600;

    private static readonly TimeSpan VerbPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan OwnerPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan GuestPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SilencePatience = TimeSpan.FromSeconds(10);

    private readonly ClusterLayout _layout;
    private readonly ILogger _logger;
    private readonly DirectoryLock _lock;
    private ClusterOptions? _options;
    private ServerAccount? _account;
    private PostgresBinaries? _binaries;
    private Task<CommandResult>? _launch;
    private bool _verb;
    private bool _stops;
    private string _password = "";
    private int _disposed;

    private LocalCluster(ClusterLayout layout, DirectoryLock held, ILogger logger)
    {
        _layout = layout;
        _lock = held;
        _logger = logger;
    }

    /// <summary>Where the data is; absolute.</summary>
    public string DataDirectory => _layout.DataDirectory;

    /// <summary>The service's own account and database: it owns the schema and is no superuser, so that row-level security binds it.</summary>
    public string ConnectionString => ConnectionTo(Database, Database);

    /// <summary>The superuser, for what the service's account may not do: making databases, looking after the cluster.</summary>
    public string AdministratorConnectionString => ConnectionTo(Superuser, Superuser);

    /// <summary>The superuser in the service's database, for backups: no row-level security binds it.</summary>
    public string BackupConnectionString => ConnectionTo(Database, Superuser);

    /// <summary>Whether one was made there, running or not.</summary>
    public static bool Exists(ClusterOptions options) => Directory.Exists(new ClusterLayout(options.DataDirectory).Cluster);

    /// <summary>Starts the cluster for a service, making it when absent and taking over one that a killed service left running.</summary>
    /// <exception cref="ClusterException">It cannot run here; the message says what to do.</exception>
    public static async Task<LocalCluster> StartAsync(ClusterOptions options, ILogger? logger = null, CancellationToken cancellation = default)
    {
        var layout = new ClusterLayout(options.DataDirectory);
        layout.CreateDataDirectory();

        // A verb holds the lock for moments only; another service holds it for good.
        var held = await DirectoryLock.TakeAsync(layout.OwnerLock, VerbPatience, cancellation)
            ?? throw new ClusterException(
                $"Another Ingest is already running on the data directory {layout.DataDirectory}. " +
                "Stop it first, or give this one a directory of its own with Embedded__DataDirectory.");
        return await OwnAsync(layout, options, held, verb: false, logger, cancellation);
    }

    /// <summary>For a verb beside the service: uses the cluster that runs and leaves it running, or starts it and stops it again.</summary>
    /// <exception cref="ClusterException">It cannot run here; the message says what to do.</exception>
    public static async Task<LocalCluster> AttachOrStartAsync(ClusterOptions options, ILogger? logger = null, CancellationToken cancellation = default)
    {
        var layout = new ClusterLayout(options.DataDirectory);
        layout.CreateDataDirectory();
        var waiting = Stopwatch.StartNew();
        while (true)
        {
            if (DirectoryLock.TryTake(layout.OwnerLock) is { } held)
                return await OwnAsync(layout, options, held, verb: true, logger, cancellation);

            // Taken before looking: whoever started the cluster for its own verb waits for its guests before it stops it.
            if (DirectoryLock.TryTake(layout.GuestLock, shared: true) is { } visit)
            {
                var guest = new LocalCluster(layout, visit, logger ?? NullLogger.Instance);
                if (Directory.Exists(layout.Cluster))
                {
                    guest._password = layout.ReadPassword();
                    if (await guest.ProbeAsync(cancellation) == Answer.Ready)
                        return guest;
                }

                visit.Dispose();
            }

            if (waiting.Elapsed > OwnerPatience)
            {
                throw new ClusterException(
                    $"Another Ingest holds the data directory {layout.DataDirectory}, but its Postgres does not answer. See {layout.Log}.");
            }

            await Task.Delay(20, cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        try
        {
            if (_stops)
                await StopAsync();
        }
        finally
        {
            // A server that still runs keeps its folder: only an empty one goes.
            _layout.RemoveSocketDirectory();
            _lock.Dispose();
        }
    }

    private static async Task<LocalCluster> OwnAsync(
        ClusterLayout layout, ClusterOptions options, DirectoryLock held, bool verb, ILogger? logger, CancellationToken cancellation)
    {
        var cluster = new LocalCluster(layout, held, logger ?? NullLogger.Instance) { _verb = verb };
        try
        {
            await cluster.RunAsync(options, cancellation);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Starts the server again where it has died. The connection string stays what it was, so whoever has it connects again; where the
    /// server runs, nothing happens.
    /// </summary>
    /// <exception cref="ClusterException">It cannot be started; the message says what to do.</exception>
    public async Task ReviveAsync(CancellationToken cancellation = default)
    {
        if (_options is not { } options || await IsRunningAsync(cancellation))
            return;
        Log.Died(_logger, DataDirectory);
        _stops = true;
        await LaunchAsync(options, cancellation);
    }

    private async Task RunAsync(ClusterOptions options, CancellationToken cancellation)
    {
        _options = options;
        _binaries = await PostgresBinaries.FindAsync(options.BinDirectory, _layout.MajorVersion(), folders: null, cancellation);
        _account = await ServerAccount.ForClusterAsync(_layout.Cluster, cancellation);
        await _layout.CreateServerFoldersAsync(_account, cancellation);

        if (!Directory.Exists(_layout.Cluster))
            await InitializeAsync(options, cancellation);
        else
            _password = _layout.ReadPassword();

        if (await IsRunningAsync(cancellation))
        {
            Log.TookOver(_logger, DataDirectory);
            _stops = !_verb;
        }
        else
        {
            _stops = true;
            await LaunchAsync(options, cancellation);
        }

        if (await ProbeAsync(cancellation) == Answer.NoDatabase)
            await CreateDatabaseAsync(cancellation);
    }

    private async Task InitializeAsync(ClusterOptions options, CancellationToken cancellation)
    {
        Log.Creating(_logger, _binaries!.Major, DataDirectory);
        if (Directory.Exists(_layout.Unfinished))
            Directory.Delete(_layout.Unfinished, recursive: true);
        Directory.CreateDirectory(_layout.Unfinished);
        _password = _layout.WriteNewPassword();
        var passwordForInit = Path.Combine(_layout.Run, "password");
        try
        {
            ClusterLayout.WriteSecret(passwordForInit, _password);
            if (_account is not null)
                await _account.TakeAsync([_layout.Unfinished, passwordForInit], cancellation);

            string[] arguments =
            [
                "-D", _layout.Unfinished, "-U", Superuser, $"--pwfile={passwordForInit}", "--auth=scram-sha-256",
                "--encoding=UTF8", "--locale=C", "--data-checksums", .. options.Durable ? Array.Empty<string>() : ["--no-sync"],
            ];
            var result = await ServerCommand.RunAsync(_account, _binaries.InitDb, arguments, cancellation);
            if (!result.Succeeded)
                throw new ClusterException($"initdb could not make a cluster in {_layout.Unfinished}: {result.Output}");
        }
        finally
        {
            File.Delete(passwordForInit);
        }

        Directory.Move(_layout.Unfinished, _layout.Cluster);
    }

    /// <summary>True when a server that an earlier process started answers.</summary>
    private async Task<bool> IsRunningAsync(CancellationToken cancellation)
    {
        var waiting = Stopwatch.StartNew();
        while (Postmaster.Read(_layout.Cluster) is { } postmaster)
        {
            if (await ProbeAsync(cancellation) is Answer.Ready or Answer.NoDatabase)
                return true;
            var status = await ServerCommand.RunAsync(_account, _binaries!.PgCtl, ["status", "-D", _layout.Cluster], cancellation);

            // The file is what a killed server left behind: the next start clears it away and recovers.
            if (!status.Succeeded)
                return false;

            // A server that is being started or stopped answers soon, or is gone.
            if (waiting.Elapsed > SilencePatience && postmaster.Ready)
            {
                throw new ClusterException(
                    $"{Path.Combine(_layout.Cluster, "postmaster.pid")} names process {postmaster.ProcessId}, which runs but does not answer as this cluster. " +
                    "If it is a Postgres, stop it; if it is another program, remove that file. Then start again.");
            }

            await Task.Delay(50, cancellation);
        }

        return false;
    }

    private async Task LaunchAsync(ClusterOptions options, CancellationToken cancellation)
    {
        ServerSettings.Write(_layout, OperatingSystem.IsWindows() ? FreePort() : 0, options.Durable);
        var waiting = Stopwatch.StartNew();
        while (true)
        {
            File.Delete(_layout.StartLog);

            // pg_ctl puts the server into a session of its own, so that Ctrl-C in the terminal reaches the service alone.
            // It looks only every 100 ms whether the server is up, so it is not waited for; but it knows when the server died.
            string[] arguments = ["start", "-w", "-t", $"{RecoverySeconds}", "-D", _layout.Cluster, "-l", _layout.StartLog];
            _launch = ServerCommand.RunAsync(_account, _binaries!.PgCtl, arguments, CancellationToken.None, capture: !OperatingSystem.IsWindows());
            while (!_launch.IsCompleted)
            {
                if (Postmaster.Read(_layout.Cluster) is { Ready: true } && await ProbeAsync(cancellation) is Answer.Ready or Answer.NoDatabase)
                {
                    Log.Started(_logger, DataDirectory, waiting.ElapsedMilliseconds);
                    return;
                }

                await Task.Delay(10, cancellation);
            }

            var result = await _launch;
            if (result.Succeeded)
                return;

            // The children of a server that was killed need a moment to notice; until then its memory counts as in use.
            var log = File.Exists(_layout.StartLog) ? await File.ReadAllTextAsync(_layout.StartLog, cancellation) : "";
            if (waiting.Elapsed > SilencePatience || !log.Contains("shared memory block", StringComparison.Ordinal))
            {
                _stops = false;
                throw new ClusterException($"Postgres did not start in {_layout.Cluster}: {result.Output}{Environment.NewLine}{log.Trim()}");
            }

            await Task.Delay(50, cancellation);
        }
    }

    private async Task CreateDatabaseAsync(CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(Plain(AdministratorConnectionString));
        try
        {
            await connection.OpenAsync(cancellation);
        }
        catch (PostgresException cause) when (cause.SqlState == PostgresErrorCodes.InvalidPassword)
        {
            throw new ClusterException(
                $"The cluster in {DataDirectory} does not accept the password in {_layout.PasswordFile}. Restore that file from the backup of the same cluster.", cause);
        }

        // A kill may have come between the two statements, and neither can be part of one transaction with the other.
        await using var role = new NpgsqlCommand($"SELECT 1 FROM pg_roles WHERE rolname = '{Database}'", connection);
        var verb = await role.ExecuteScalarAsync(cancellation) is null ? "CREATE" : "ALTER";
        await using var login = new NpgsqlCommand($"{verb} ROLE {Database} LOGIN PASSWORD '{_password}'", connection);
        await login.ExecuteNonQueryAsync(cancellation);
        await using var wall = new NpgsqlCommand(
            $"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{SecondWall.Role}') THEN CREATE ROLE {SecondWall.Role} NOLOGIN; END IF; END $$; "
            + $"GRANT {SecondWall.Role} TO {Database}",
            connection);
        await wall.ExecuteNonQueryAsync(cancellation);
        await using var existing = new NpgsqlCommand($"SELECT 1 FROM pg_database WHERE datname = '{Database}'", connection);
        if (await existing.ExecuteScalarAsync(cancellation) is not null)
            return;
        await using var database = new NpgsqlCommand($"CREATE DATABASE {Database} OWNER {Database}", connection);
        await database.ExecuteNonQueryAsync(cancellation);
    }

    private async Task<Answer> ProbeAsync(CancellationToken cancellation)
    {
        try
        {
            await using var connection = new NpgsqlConnection(Plain(ConnectionString));
            await connection.OpenAsync(cancellation);
            await using var wall = new NpgsqlCommand($"SELECT 1 FROM pg_roles WHERE rolname = '{SecondWall.Role}'", connection);

            // A cluster that an earlier version made has no such role yet.
            return await wall.ExecuteScalarAsync(cancellation) is null ? Answer.NoDatabase : Answer.Ready;
        }
        catch (PostgresException cause) when (cause.SqlState is PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.InvalidPassword)
        {
            // A role that does not exist yet is refused in the same words as a wrong password.
            return Answer.NoDatabase;
        }
        catch (NpgsqlException)
        {
            return Answer.None;
        }
    }

    private async Task StopAsync()
    {
        // Stopped in the middle of its start: until the server has written who it is, pg_ctl would find nothing to stop.
        while (_launch is { IsCompleted: false } && Postmaster.Read(_layout.Cluster) is null)
            await Task.Delay(10);
        if (_verb)
            (await DirectoryLock.TakeAsync(_layout.GuestLock, GuestPatience, CancellationToken.None))?.Dispose();

        var result = await ServerCommand.RunAsync(
            _account, _binaries!.PgCtl, ["stop", "-w", "-t", "60", "-m", "fast", "-D", _layout.Cluster], CancellationToken.None);
        if (result.Succeeded)
            Log.Stopped(_logger, DataDirectory);
        else
            Log.NotStopped(_logger, DataDirectory, result.Output);
        if (_launch is not null)
            await _launch;
    }

    private string ConnectionTo(string database, string user)
    {
        // A cluster that runs says itself where it listens; TMPDIR or the port may have been others when it was started.
        var running = Postmaster.Read(_layout.Cluster);
        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = _layout.SocketDirectory is { } socket ? (running is { SocketDirectory.Length: > 0 } ? running.SocketDirectory : socket) : "127.0.0.1",
            Port = running?.Port ?? 5432,
            Username = user,
            Password = _password,
            Database = database,
            SslMode = SslMode.Disable,

            // Otherwise Npgsql looks for Kerberos' library first, and says so on the console where there is none.
            GssEncryptionMode = GssEncryptionMode.Disable,
        };
        return builder.ConnectionString;
    }

    private static string Plain(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString)
    {
        Pooling = false,
        Timeout = 5,
    }.ConnectionString;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private enum Answer
    {
        None,
        NoDatabase,
        Ready,
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Making a private PostgreSQL {Major} cluster in {DataDirectory}")]
        public static partial void Creating(ILogger logger, int major, string dataDirectory);

        [LoggerMessage(2, LogLevel.Information, "Started the private Postgres cluster in {DataDirectory} after {Milliseconds} ms")]
        public static partial void Started(ILogger logger, string dataDirectory, long milliseconds);

        [LoggerMessage(3, LogLevel.Information, "Took over the Postgres cluster in {DataDirectory}, which an earlier process left running")]
        public static partial void TookOver(ILogger logger, string dataDirectory);

        [LoggerMessage(4, LogLevel.Information, "Stopped the private Postgres cluster in {DataDirectory}")]
        public static partial void Stopped(ILogger logger, string dataDirectory);

        [LoggerMessage(6, LogLevel.Warning, "The private Postgres cluster in {DataDirectory} has died and is started again; its log says why")]
        public static partial void Died(ILogger logger, string dataDirectory);

        [LoggerMessage(5, LogLevel.Warning, "The private Postgres cluster in {DataDirectory} was not stopped: {Output}")]
        public static partial void NotStopped(ILogger logger, string dataDirectory, string output);
    }
}
