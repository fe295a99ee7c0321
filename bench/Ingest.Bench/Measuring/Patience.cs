namespace Ingest.Bench.Measuring;

/// <summary>How long nothing must happen until a load counts as settled.</summary>
/// <param name="UntilWritten">The service writes behind a load what is no data; that belongs to it.</param>
/// <param name="UntilCounted">A server process of Postgres tells its counts once it has been idle for ten seconds, at the latest.</param>
internal sealed record Patience(TimeSpan UntilWritten, TimeSpan UntilCounted)
{
    public static readonly Patience Usual = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(11));

    /// <summary>Where nobody judges the figures.</summary>
    public static readonly Patience None = new(TimeSpan.FromMilliseconds(100), TimeSpan.Zero);
}
