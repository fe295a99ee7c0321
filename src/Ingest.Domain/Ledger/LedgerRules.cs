namespace Ingest.Domain.Ledger;

/// <summary>
/// The rules that keep a device's history whole (design §7), by name. All of them are always on in a service; a simulation switches one
/// off to show what it is for.
/// </summary>
[Flags]
public enum LedgerRules
{
    None = 0,

    /// <summary>The watermark confirms closed days only, and none this envelope did not carry. Off: the newest stored day, as others answer.</summary>
    ClosedWatermark = 1 << 0,

    /// <summary>Closed days stay open for late changes for some days more.</summary>
    Grace = 1 << 1,

    /// <summary>An envelope sent earlier never changes what a later one wrote.</summary>
    Order = 1 << 2,

    /// <summary>A clock that was set back begins a new epoch.</summary>
    ClockEpochs = 1 << 3,

    /// <summary>Keys that the newest snapshot of a day no longer names become ghosts.</summary>
    Ghosts = 1 << 4,

    /// <summary>A closed day that arrives changed is asked for again.</summary>
    RewindChanged = 1 << 5,

    /// <summary>A day that was ignored as late, and differs, is asked for again.</summary>
    RewindLate = 1 << 6,

    /// <summary>A rewind that is not heeded is dropped.</summary>
    GiveUp = 1 << 7,

    /// <summary>Once a day a device sends the last weeks again.</summary>
    LookBack = 1 << 8,

    /// <summary>Once a week, and after what may have torn its history, a device sends everything again.</summary>
    FullLookBack = 1 << 9,

    /// <summary>A device that brings next to no history at first contact is asked for all of it.</summary>
    FirstContact = 1 << 10,

    /// <summary>Days that flip between two contents are neither asked for again nor purged of ghosts.</summary>
    SharedId = 1 << 11,

    All = (1 << 12) - 1,
}
