namespace Ingest.Bench.Load;

/// <summary>What a load sends. Each connection asks for itself, and asks again only when it has its answer.</summary>
internal abstract class Workload
{
    /// <summary>Called once before each load, with the connections there are.</summary>
    public abstract void Begin(int connections);

    /// <summary>Requests after which every device of the connection has had its turn.</summary>
    public abstract int OnceAround(int connection);

    public abstract LoadRequest Next(int connection);
}
