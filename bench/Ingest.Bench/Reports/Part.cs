namespace Ingest.Bench.Reports;

/// <summary>Scenarios that alternate with each other; only they may be compared.</summary>
internal enum Part
{
    Load,
    Growth,
    ScaleOut,
}
