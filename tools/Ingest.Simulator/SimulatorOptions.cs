using Ingest.Simulator.Faults;
using Ingest.Simulator.Fleet;

namespace Ingest.Simulator;

/// <summary>What the command line asks for.</summary>
/// <param name="Server">Null: run the service oneself.</param>
/// <param name="Second">The empty server to move to, of given ones.</param>
internal sealed record SimulatorOptions(
    RunPlan Plan,
    int Devices,
    IReadOnlyList<FaultKind> Faults,
    bool Mixed,
    GivenAddress? Server,
    GivenAddress? Second,
    bool VirtualClock,
    string? Service,
    string RulesOff,
    bool Ablate,
    bool Json);
