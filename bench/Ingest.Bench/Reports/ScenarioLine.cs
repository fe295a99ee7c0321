namespace Ingest.Bench.Reports;

/// <summary>One run of one scenario.</summary>
internal sealed record ScenarioLine(int Round, string Name, long Rows, Shown Shown);
