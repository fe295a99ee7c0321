namespace Ingest.Persistence.Cluster;

/// <summary>Where the private cluster lives.</summary>
/// <param name="DataDirectory">Holds everything of the cluster: data, password, log, lock and (where its path is short enough) socket.</param>
/// <param name="BinDirectory">The folder of <c>initdb</c>, <c>postgres</c> and <c>pg_ctl</c>; null searches PATH and the usual install folders.</param>
public sealed record ClusterOptions(string DataDirectory, string? BinDirectory = null)
{
    /// <summary>Off only for throw-away clusters: commits then survive neither a power cut nor a crash of the machine.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>The folder used when none is configured.</summary>
    /// <exception cref="ClusterException">The user has no home.</exception>
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
            if (Path.IsPathRooted(xdg)) return Path.Combine(xdg, "ingest");

            // Empty where the home does not exist. The path would then be relative: another, empty database for each folder the service is started in.
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            return home.Length > 0
                ? Path.Combine(home, ".local", "share", "ingest")
                : throw new ClusterException("This user has no home folder to keep the data in. Set Embedded__DataDirectory to a folder that the service may write to.");
        }
    }
}
