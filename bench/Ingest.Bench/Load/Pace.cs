namespace Ingest.Bench.Load;

/// <summary>How a load is paced.</summary>
internal abstract record Pace
{
    private Pace()
    {
    }

    /// <summary>Each connection sends when it has its answer, for so long.</summary>
    public sealed record For(TimeSpan Duration) : Pace;

    /// <summary>Each connection sends when it has its answer, until every device of its share has had its turn.</summary>
    public sealed record Once : Pace;

    /// <summary>So many requests a second are due, whatever becomes of them.</summary>
    public sealed record Rate(double PerSecond, TimeSpan Duration) : Pace;
}
