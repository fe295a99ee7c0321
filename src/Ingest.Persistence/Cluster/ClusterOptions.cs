namespace Ingest.Persistence.Cluster;

/// <summary>Where the private cluster lives.</summary>
/// <param name="DataDirectory">Holds everything of the cluster: data, password, log, lock and (where its path is short enough) socket.</param>
/// <param name="BinDirectory">The folder of <c>initdb</c>, <c>postgres</c> and <c>pg_ctl</c>; null searches PATH and the usual install folders.</param>
public sealed record ClusterOptions(string DataDirectory, string? BinDirectory = null)
{
    /// <summary>Off only for throw-away clusters: commits then survive neither a power cut nor a crash of the machine.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>The folder used when none is configured.</summary>
    public static string DefaultDataDirectory
    {
        get
        {
            if (OperatingSystem.IsWindows())
                return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "Ingest");
            if (OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess)
                return "/var/lib/ingest";

            // The specification of XDG says that a relative path is to be ignored.
            var xdg = Environment.GetEnvironmentVariable("XDG_DATA_HOME");
            var share = Path.IsPathRooted(xdg)
                ? xdg
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share");
            return Path.Combine(share, "ingest");
        }
    }
}
