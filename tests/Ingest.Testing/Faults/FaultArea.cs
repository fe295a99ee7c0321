namespace Ingest.Testing.Faults;

/// <summary>The parts of <c>docs/reliability.md</c>, in its order.</summary>
public enum FaultArea
{
    Processes,
    Database,
    Order,
    Bodies,
    Limits,
    Walls,
    Operations,
}
