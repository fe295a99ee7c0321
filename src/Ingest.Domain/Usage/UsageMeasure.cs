namespace Ingest.Domain.Usage;

/// <summary>By what groups are ranked.</summary>
public enum UsageMeasure
{
    CostEffective,
    CostIngested,
    Messages,
    Tokens,
}
