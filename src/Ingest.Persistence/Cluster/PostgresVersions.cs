namespace Ingest.Persistence.Cluster;

/// <summary>Which versions of Postgres the service runs on.</summary>
public static class PostgresVersions
{
    /// <summary>Its major number.</summary>
    public const int Oldest = 15;
}
