using System.Globalization;
using System.Text.RegularExpressions;

namespace Ingest.Persistence.Cluster;

/// <summary>The programs of one Postgres installation.</summary>
internal sealed partial record PostgresBinaries(string Folder, int Major)
{
    public const int OldestMajor = 15;

    private static readonly string[] Programs = ["initdb", "postgres", "pg_ctl"];
    private static readonly string Suffix = OperatingSystem.IsWindows() ? ".exe" : "";

    public string InitDb => Program("initdb");

    public string PgCtl => Program("pg_ctl");

    /// <summary>The newest usable installation, or the one whose major version an existing data directory needs.</summary>
    /// <param name="configured">The only folder to look in, where one is configured.</param>
    /// <param name="dataMajor">The version that made the data directory; null where there is none yet.</param>
    /// <param name="folders">Where to look otherwise; null means PATH and the usual install folders.</param>
    /// <param name="cancellation">Gives up the search.</param>
    /// <exception cref="ClusterException">Nothing usable; the message says what to install.</exception>
    public static async Task<PostgresBinaries> FindAsync(
        string? configured, int? dataMajor, IEnumerable<string>? folders, CancellationToken cancellation)
    {
        var candidates = configured is null ? folders ?? InstallFolders() : [configured];
        var found = new List<PostgresBinaries>();
        foreach (var folder in candidates.Where(IsComplete).Select(RealFolder).Distinct(StringComparer.Ordinal))
        {
            if (await MajorOfAsync(folder, cancellation) is not { } major)
                continue;
            found.Add(new PostgresBinaries(folder, major));
            if (major == dataMajor)
                return found[^1];
        }

        if (dataMajor is { } needed && found.Count > 0)
        {
            throw new ClusterException(
                $"The data directory was made by PostgreSQL {needed}, but only {Listed(found)} is installed. " +
                $"Install PostgreSQL {needed} ({Remedy(needed)}), or move the data to a new directory with pg_upgrade or pg_dump.");
        }

        if (found.Where(one => one.Major >= OldestMajor).MaxBy(one => one.Major) is { } newest)
            return newest;

        var reason = configured is not null && found.Count == 0
            ? $"The configured folder '{configured}' (Embedded:BinDirectory) does not hold initdb, postgres and pg_ctl"
            : found.Count > 0
                ? $"PostgreSQL {OldestMajor} or newer is needed, but only {Listed(found)} is installed"
                : $"No PostgreSQL {OldestMajor} or newer was found on PATH or in the usual install folders";
        throw new ClusterException(
            $"{reason}. Ingest keeps its data in Postgres. Do one of these and start again:{Environment.NewLine}" +
            $"  Debian, Ubuntu:  apt-get install postgresql{Environment.NewLine}" +
            $"  macOS:           brew install postgresql@17{Environment.NewLine}" +
            "  any Postgres:    set ConnectionStrings__Ingest to 'Host=...;Database=ingest;Username=...;Password=...'");
    }

    private string Program(string name) => Path.Combine(Folder, name + Suffix);

    private static string Remedy(int major) => $"apt-get install postgresql-{major}, or brew install postgresql@{major}";

    private static string Listed(IEnumerable<PostgresBinaries> found) =>
        string.Join(", ", found.Select(one => $"PostgreSQL {one.Major} ({one.Folder})"));

    private static bool IsComplete(string folder) =>
        Programs.All(name => File.Exists(Path.Combine(folder, name + Suffix)));

    /// <summary>Postgres finds its libraries beside itself, so a folder of links is left for the folder they point to.</summary>
    private static string RealFolder(string folder)
    {
        var link = new FileInfo(Path.Combine(folder, "postgres" + Suffix));
        var target = Path.GetDirectoryName(link.ResolveLinkTarget(returnFinalTarget: true)?.FullName);
        return Path.GetFullPath(target is not null && IsComplete(target) ? target : folder);
    }

    private static async Task<int?> MajorOfAsync(string folder, CancellationToken cancellation)
    {
        try
        {
            var result = await ServerCommand.RunAsync(null, Path.Combine(folder, "postgres" + Suffix), ["--version"], cancellation);
            var version = VersionText().Match(result.Output);
            return version.Success ? int.Parse(version.Groups["major"].ValueSpan, CultureInfo.InvariantCulture) : null;
        }
        catch (ClusterException)
        {
            // A folder for another processor, or one this user may not run: as good as absent.
            return null;
        }
    }

    private static IEnumerable<string> InstallFolders()
    {
        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return OperatingSystem.IsWindows()
            ? [.. onPath, .. BinFolders(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL"), "*")]
            :
            [
                .. onPath,
                .. BinFolders("/usr/lib/postgresql", "*"),
                .. BinFolders("/usr", "pgsql-*"),
                "/usr/local/pgsql/bin",
                .. BinFolders("/opt/homebrew/opt", "postgresql*"),
                .. BinFolders("/usr/local/opt", "postgresql*"),
            ];
    }

    private static IEnumerable<string> BinFolders(string parent, string pattern) =>
        Directory.Exists(parent) ? Directory.EnumerateDirectories(parent, pattern).Select(folder => Path.Combine(folder, "bin")) : [];

    [GeneratedRegex(@"\(PostgreSQL\) (?<major>\d+)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex VersionText();
}
