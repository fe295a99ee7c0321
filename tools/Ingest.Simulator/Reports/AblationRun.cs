using Ingest.Simulator.Fleet;

namespace Ingest.Simulator.Reports;

/// <summary>A run with one rule of the server switched off, or none, or all.</summary>
internal sealed record AblationRun(string RulesOff, RunResult Result);
