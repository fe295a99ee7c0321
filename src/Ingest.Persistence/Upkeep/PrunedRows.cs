namespace Ingest.Persistence.Upkeep;

/// <summary>Rows that one run has removed.</summary>
internal sealed record PrunedRows(int Attempts, int Changes, int Rewinds, int Quarantined, int SignIns = 0)
{
    public bool IsNone => this is { Attempts: 0, Changes: 0, Rewinds: 0, Quarantined: 0, SignIns: 0 };
}
