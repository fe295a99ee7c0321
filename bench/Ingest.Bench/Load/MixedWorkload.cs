namespace Ingest.Bench.Load;

/// <summary>One read after so many writes, on each connection.</summary>
internal sealed class MixedWorkload(Workload writes, Workload reads, int writesPerRead) : Workload
{
    private int[] _turns = [];

    public override void Begin(int connections)
    {
        writes.Begin(connections);
        reads.Begin(connections);
        if (_turns.Length != connections) _turns = new int[connections];
    }

    public override int OnceAround(int connection) => writes.OnceAround(connection) + (writes.OnceAround(connection) / writesPerRead);

    public override LoadRequest Next(int connection) =>
        _turns[connection]++ % (writesPerRead + 1) == writesPerRead ? reads.Next(connection) : writes.Next(connection);
}
