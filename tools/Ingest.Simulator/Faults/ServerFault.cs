namespace Ingest.Simulator.Faults;

/// <summary>One that happens to the server or to the set-up, not to the device.</summary>
internal sealed class ServerFault(Random dice) : Fault(dice);
