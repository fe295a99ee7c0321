namespace Ingest.Bench.Load;

/// <summary>What a load sends. Each connection asks for itself, and asks again only when it has its answer.</summary>
internal abstract class Workload
{
    /// <summary>How many rows every accepted envelope must report as changed and as unchanged; null where nothing is told.</summary>
    public virtual (int Changed, int Unchanged)? Expected => null;

    /// <summary>Called once before each load, with the connections there are.</summary>
    public abstract void Begin(int connections);

    /// <summary>Requests after which every device of the connection has had its turn.</summary>
    public abstract int RoundOf(int connection);

    /// <summary>The bytes are the connection's until it asks again.</summary>
    public abstract ReadOnlyMemory<byte> Next(int connection);
}
