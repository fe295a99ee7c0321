namespace Ingest.Persistence.Cluster;

/// <summary>The private cluster cannot run; the message is written for the person who started the service and says what to do.</summary>
public sealed class ClusterException : Exception
{
    public ClusterException()
    {
    }

    public ClusterException(string message)
        : base(message)
    {
    }

    public ClusterException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
