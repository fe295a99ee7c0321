namespace Ingest.Api.Reconciliation;

/// <summary>Whether a stored row counts.</summary>
internal enum RowState
{
    /// <summary>It counts.</summary>
    Live,

    /// <summary>The device no longer has it: kept, and in no sum.</summary>
    Ghost,
}
