namespace Ingest.Domain.Ledger;

/// <summary>What a change did to a day that was closed.</summary>
public enum ChangeReason
{
    /// <summary>A sum grew.</summary>
    Grew,

    /// <summary>A sum shrank.</summary>
    Shrank,

    /// <summary>Usage moved to other keys; messages and tokens stayed the same.</summary>
    ReKeyed,

    /// <summary>Keys are no longer named.</summary>
    Ghosted,

    /// <summary>Keys that were no longer named are back.</summary>
    Revived,

    /// <summary>An operator put an earlier version back.</summary>
    Restored,

    /// <summary>No sum changed, but something beside them: a ticket.</summary>
    Edited,
}
