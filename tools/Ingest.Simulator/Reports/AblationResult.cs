namespace Ingest.Simulator.Reports;

/// <summary>What each rule is for: the first run is the one with all rules on.</summary>
internal sealed record AblationResult(IReadOnlyList<AblationRun> Runs);
