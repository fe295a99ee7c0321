namespace Ingest.Domain.Ledger;

/// <summary>What becomes of a day whose earlier version shall stand again.</summary>
public enum RestorationFate
{
    Restored,

    /// <summary>The version's rows are what stands there.</summary>
    Unchanged,

    /// <summary>Retention has removed the day; nothing brings it back.</summary>
    Expired,
}
