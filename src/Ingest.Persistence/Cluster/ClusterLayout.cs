using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Ingest.Persistence.Cluster;

/// <summary>What is where in the data directory.</summary>
internal sealed class ClusterLayout
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Passable = OwnerOnly
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static readonly SearchValues<char> ReadByShell = SearchValues.Create("\"`$\\\n\r\t");

    private const string SocketName = "/.s.PGSQL.5432";

    public ClusterLayout(string dataDirectory)
    {
        DataDirectory = Path.TrimEndingDirectorySeparator(Path.GetFullPath(dataDirectory));
        if (!OperatingSystem.IsWindows() && DataDirectory.AsSpan().IndexOfAny(ReadByShell) >= 0)
        {
            // pg_ctl hands the path to a shell between double quotes, as it is.
            throw new ClusterException($"The data directory {DataDirectory} cannot be used: its path holds one of \" ` $ \\ or a control character.");
        }

        SocketDirectory = OperatingSystem.IsWindows() ? null : ChooseSocketDirectory();
    }

    public string DataDirectory { get; }

    /// <summary>Postgres' own data directory.</summary>
    public string Cluster => Path.Combine(DataDirectory, "postgres");

    /// <summary>Where initdb works: a kill in its middle leaves nothing that looks like a cluster.</summary>
    public string Unfinished => Path.Combine(DataDirectory, "postgres.new");

    public string Log => Path.Combine(DataDirectory, "log");

    public string StartLog => Path.Combine(Log, "start.log");

    /// <summary>Belongs to the server's account; holds the socket where the path is short enough.</summary>
    public string Run => Path.Combine(DataDirectory, "run");

    public string PasswordFile => Path.Combine(DataDirectory, "password");

    /// <summary>Held exclusively by the process that answers for the cluster: a service, or a verb that had to start it.</summary>
    public string OwnerLock => Path.Combine(DataDirectory, "owner.lock");

    /// <summary>Held shared by processes that use a cluster which another one started.</summary>
    public string GuestLock => Path.Combine(DataDirectory, "guests.lock");

    /// <summary>Null on Windows, where Postgres listens on the loopback address.</summary>
    public string? SocketDirectory { get; }

    private string? SocketElsewhere => SocketDirectory == Run ? null : SocketDirectory;

    /// <summary>The major version that made the cluster; null where there is none.</summary>
    public int? MajorVersion()
    {
        var file = Path.Combine(Cluster, "PG_VERSION");
        return File.Exists(file) && int.TryParse(File.ReadAllText(file).Trim(), CultureInfo.InvariantCulture, out var major) ? major : null;
    }

    /// <summary>Makes the data directory itself, which the locks need before anything else.</summary>
    public void CreateDataDirectory()
    {
        try
        {
            // As root, the server's account has to pass through it; what is secret lies in folders and files of its own.
            Create(DataDirectory, !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess ? Passable : OwnerOnly);
        }
        catch (Exception cause) when (cause is UnauthorizedAccessException or IOException)
        {
            throw new ClusterException(
                $"The data directory {DataDirectory} cannot be created: {cause.Message} " +
                "Set Embedded__DataDirectory to a folder that the service may write to.", cause);
        }
    }

    public async Task CreateServerFoldersAsync(ServerAccount? account, CancellationToken cancellation)
    {
        Create(Log, OwnerOnly);
        Create(Run, OwnerOnly);
        if (SocketElsewhere is not null)
            CreatePrivate(SocketElsewhere);
        if (account is null)
            return;

        await account.TakeAsync(SocketElsewhere is null ? [Log, Run] : [Log, Run, SocketElsewhere], cancellation);
        var passable = await ServerCommand.RunAsync(account, "test", ["-x", Run], cancellation);
        if (!passable.Succeeded)
        {
            throw new ClusterException(
                $"Postgres runs as the user '{account.Name}' because the service is root, and that user cannot reach {DataDirectory}: " +
                $"one of the folders above it is closed to others{(passable.Output is "" ? "" : $" ({passable.Output})")}. " +
                "Set Embedded__DataDirectory to a folder such as /var/lib/ingest, or open the path with chmod o+x.");
        }
    }

    /// <exception cref="ClusterException">The file is missing or belongs to somebody else.</exception>
    public string ReadPassword()
    {
        try
        {
            return File.ReadAllText(PasswordFile).Trim();
        }
        catch (UnauthorizedAccessException cause)
        {
            throw new ClusterException(
                $"The cluster in {DataDirectory} belongs to another user: {PasswordFile} cannot be read. Run this as the user of the service.", cause);
        }
        catch (FileNotFoundException cause)
        {
            throw new ClusterException(
                $"The cluster in {DataDirectory} has lost its password: {PasswordFile} is missing. Restore that file from a backup.", cause);
        }
    }

    public string WriteNewPassword()
    {
        var password = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        var unfinished = PasswordFile + ".new";
        WriteSecret(unfinished, password);
        File.Move(unfinished, PasswordFile, overwrite: true);
        return password;
    }

    public static void WriteSecret(string path, string content)
    {
        // The mode is given at creation only, so that there is no moment in which others may read.
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        file.Write(Encoding.UTF8.GetBytes(content));
        file.Flush(flushToDisk: true);
    }

    /// <summary>Leaves nothing of a stopped cluster outside its data directory.</summary>
    public void RemoveSocketDirectory()
    {
        try
        {
            if (Directory.Exists(SocketElsewhere))
                Directory.Delete(SocketElsewhere);
        }
        catch (IOException)
        {
            // Not empty: a server runs.
        }
    }

    private string ChooseSocketDirectory()
    {
        // Longer than a socket's address can hold is refused by the system, and a comma means "next host" to Npgsql.
        var limit = OperatingSystem.IsMacOS() ? 103 : 107;
        if (Fits(Run) && !Run.Contains(','))
            return Run;

        var name = "ingest-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(DataDirectory)).AsSpan(0, 8));
        var session = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        var parents = Environment.IsPrivilegedProcess ? ["/run", "/var/run", "/tmp"] : new[] { session, Path.GetTempPath(), "/tmp" };
        return parents.Where(Path.IsPathRooted).Select(parent => Path.Combine(parent!, name))
            .First(path => Fits(path) && Directory.Exists(Path.GetDirectoryName(path)));

        bool Fits(string path) => Encoding.UTF8.GetByteCount(path) + SocketName.Length <= limit;
    }

    private static void CreatePrivate(string path)
    {
        Create(path, OwnerOnly);

        // The parent may be open to all: a stranger who made the folder first would own the socket's address.
        if (!OperatingSystem.IsWindows() && (new DirectoryInfo(path).LinkTarget is not null || File.GetUnixFileMode(path) != OwnerOnly))
            throw new ClusterException($"The folder {path}, meant for the cluster's socket, exists and is not private. Remove it and start again.");
    }

    private static void Create(string path, UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, mode);
    }
}
