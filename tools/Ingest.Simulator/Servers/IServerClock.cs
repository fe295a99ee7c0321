namespace Ingest.Simulator.Servers;

/// <summary>Sets what a server takes for now.</summary>
internal interface IServerClock
{
    /// <summary>Whether the server follows the simulation, or goes by a clock of its own.</summary>
    bool IsVirtual { get; }

    Task SetAsync(DateTimeOffset now, CancellationToken cancellation);
}
