namespace Ingest.Simulator.Servers;

/// <summary>A server that cannot be told the time: the simulation ends at its now instead, and what it does once a day it does once.</summary>
internal sealed class RealClock : IServerClock
{
    public bool IsVirtual => false;

    public Task SetAsync(DateTimeOffset now, CancellationToken cancellation) => Task.CompletedTask;
}
