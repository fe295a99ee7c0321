using Ingest.Persistence.Cluster;

namespace Ingest.Api.Configuration;

/// <summary>Where the embedded cluster lives; null is the default of each.</summary>
internal sealed record EmbeddedSettings(string? DataDirectory, string? BinDirectory)
{
    public ClusterOptions Cluster => new(DataDirectory ?? ClusterOptions.DefaultDataDirectory, BinDirectory);
}
