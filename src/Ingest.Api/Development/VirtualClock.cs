namespace Ingest.Api.Development;

/// <summary>A calendar that stands still until a simulation moves it. Timestamps and timers stay real: what runs in the background keeps running.</summary>
internal sealed class VirtualClock : TimeProvider
{
    private long _ticks = System.GetUtcNow().Ticks;

    public void Set(DateTimeOffset now) => Interlocked.Exchange(ref _ticks, now.UtcTicks);

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);
}
