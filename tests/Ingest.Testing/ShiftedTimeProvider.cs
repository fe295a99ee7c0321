namespace Ingest.Testing;

/// <summary>The real clock moved by an amount the test owns: days can be set while timers keep running.</summary>
public sealed class ShiftedTimeProvider : TimeProvider
{
    private long _shift;

    /// <summary>Moves the clock so that it shows <paramref name="now"/> at this moment.</summary>
    public void Set(DateTimeOffset now) => Interlocked.Exchange(ref _shift, (now - System.GetUtcNow()).Ticks);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref _shift));
}
