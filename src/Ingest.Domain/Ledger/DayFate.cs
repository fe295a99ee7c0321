namespace Ingest.Domain.Ledger;

/// <summary>What becomes of a day that an envelope names.</summary>
public enum DayFate
{
    /// <summary>It stands there already, or is none of the ledger's business any more.</summary>
    Unchanged,

    Changed,

    /// <summary>A newer envelope has written it.</summary>
    Superseded,

    /// <summary>Its stored rows have to be read before anything can be said.</summary>
    Unread,
}
