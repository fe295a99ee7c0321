namespace Ingest.Persistence.Cluster;

/// <summary>The programs of one Postgres installation.</summary>
internal sealed record PostgresBinaries(Installation Installation)
{
    private static readonly string[] Programs = ["postgres", "initdb", "pg_ctl"];

    public string Folder => Installation.Folder;

    public int Major => Installation.Major;

    public string InitDb => Installation.Program("initdb");

    public string PgCtl => Installation.Program("pg_ctl");

    /// <summary>The newest usable installation, or the one whose major version an existing data directory needs.</summary>
    /// <param name="configured">The only folder to look in, where one is configured.</param>
    /// <param name="dataMajor">The version that made the data directory; null where there is none yet.</param>
    /// <param name="folders">Where to look otherwise; null means PATH and the usual install folders.</param>
    /// <param name="cancellation">Gives up the search.</param>
    /// <exception cref="ClusterException">Nothing usable; the message says what to install.</exception>
    public static async Task<PostgresBinaries> FindAsync(
        string? configured, int? dataMajor, IEnumerable<string>? folders, CancellationToken cancellation)
    {
        var found = new List<Installation>();
        await foreach (var one in Installation.FindAsync(configured, folders, Programs, cancellation))
        {
            found.Add(one);
            if (one.Major == dataMajor)
                return new PostgresBinaries(one);
        }

        if (dataMajor is { } needed && found.Count > 0)
        {
            throw new ClusterException(
                $"The data directory was made by PostgreSQL {needed}, but only {Listed(found)} is installed. " +
                $"Install PostgreSQL {needed} beside it and start again: {Remedy(needed)}. To move to the newer one then: \"ingest backup FILE\", " +
                "set the data directory aside, \"ingest restore FILE\".");
        }

        if (found.Where(one => one.Major >= PostgresVersions.Oldest).MaxBy(one => one.Major) is { } newest)
            return new PostgresBinaries(newest);

        var reason = configured is not null && found.Count == 0
            ? $"The configured folder '{configured}' (Embedded:BinDirectory) does not hold initdb, postgres and pg_ctl"
            : found.Count > 0
                ? $"PostgreSQL {PostgresVersions.Oldest} or newer is needed, but only {Listed(found)} is installed"
                : $"No PostgreSQL {PostgresVersions.Oldest} or newer was found on PATH or in the usual install folders";
        throw new ClusterException(
            $"{reason}. Ingest keeps its data in Postgres. Do one of these and start again:{Environment.NewLine}" +
            $"  Debian, Ubuntu:  apt-get install postgresql{Environment.NewLine}" +
            $"  macOS:           brew install postgresql@17{Environment.NewLine}" +
            "  any Postgres:    set ConnectionStrings__Ingest to 'Host=...;Database=ingest;Username=...;Password=...'");
    }

    private static string Remedy(int major) => $"apt-get install postgresql-{major}, or brew install postgresql@{major}";

    private static string Listed(IEnumerable<Installation> found) => string.Join(", ", found);
}
