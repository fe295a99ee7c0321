namespace Ingest.Domain.Merging;

/// <summary>What becomes of a device's former id.</summary>
public enum MergeKind
{
    /// <summary>Both ids are one device: a day that several of them hold counts once, from the newest snapshot.</summary>
    Continue,

    /// <summary>Nothing counts that stands under the former id.</summary>
    Supersede,
}
