using System.Globalization;
using System.Text.RegularExpressions;

namespace Ingest.Persistence.Cluster;

/// <summary>A folder with programs of Postgres, and their major version.</summary>
internal sealed partial record Installation(string Folder, int Major)
{
    private static readonly string Suffix = OperatingSystem.IsWindows() ? ".exe" : "";

    /// <summary>All that have the programs, in the order of the folders.</summary>
    /// <param name="configured">The only folder to look in, where one is configured.</param>
    /// <param name="folders">Where to look otherwise; null means PATH and the usual install folders.</param>
    /// <param name="programs">What has to be there; the first of them tells the version.</param>
    /// <param name="cancellation">Gives up the search.</param>
    public static async IAsyncEnumerable<Installation> FindAsync(
        string? configured,
        IEnumerable<string>? folders,
        IReadOnlyList<string> programs,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var candidates = configured is null ? folders ?? InstallFolders() : [configured];
        foreach (var folder in candidates.Where(IsComplete).Select(RealFolder).Distinct(StringComparer.Ordinal))
        {
            if (await MajorOfAsync(folder, programs[0], cancellation) is { } major) yield return new Installation(folder, major);
        }

        bool IsComplete(string folder) => programs.All(name => File.Exists(Path.Combine(folder, name + Suffix)));

        // Postgres finds its libraries beside itself, so a folder of links is left for the folder they point to.
        string RealFolder(string folder)
        {
            var link = new FileInfo(Path.Combine(folder, programs[0] + Suffix));
            var target = Path.GetDirectoryName(link.ResolveLinkTarget(returnFinalTarget: true)?.FullName);
            return Path.GetFullPath(target is not null && IsComplete(target) ? target : folder);
        }
    }

    public string Program(string name) => Path.Combine(Folder, name + Suffix);

    public override string ToString() => $"PostgreSQL {Major} ({Folder})";

    private static async Task<int?> MajorOfAsync(string folder, string program, CancellationToken cancellation)
    {
        try
        {
            var result = await ServerCommand.RunAsync(null, Path.Combine(folder, program + Suffix), ["--version"], cancellation);
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
