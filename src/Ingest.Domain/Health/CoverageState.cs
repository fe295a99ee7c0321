namespace Ingest.Domain.Health;

/// <summary>What a cell of the coverage calendar tells of a device's day, worst last; of several that hold, the worst one is told.</summary>
public enum CoverageState
{
    /// <summary>Nothing was used, as far as the device has said, and nothing is expected.</summary>
    None,

    /// <summary>Closed, and confirmed to the device.</summary>
    Complete,

    /// <summary>It may still change: it is not over, or not for long.</summary>
    Open,

    /// <summary>Closed, but not confirmed: the device has not sent since, or is asked for it again.</summary>
    Late,

    /// <summary>It changed after it was closed.</summary>
    Changed,

    /// <summary>It holds less than it did after it was closed.</summary>
    Shrunk,

    /// <summary>Rows of it were put aside, and are in no sum.</summary>
    Quarantined,

    /// <summary>Two machines overwrite it.</summary>
    Shared,

    /// <summary>
    /// Known not to be here, or not whole: removed by age, no longer on the device, lost with a restored backup, or ignored and asked for again.
    /// </summary>
    Missing,
}
