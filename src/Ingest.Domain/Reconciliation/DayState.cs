namespace Ingest.Domain.Reconciliation;

/// <summary>How far a device-day can be relied on, worst last; of several that hold, the worst one is told.</summary>
public enum DayState
{
    /// <summary>It may still change, or the device was not told yet that it is confirmed.</summary>
    Open,

    /// <summary>Confirmed to the device, and closed.</summary>
    Complete,

    /// <summary>It changed after it was closed; what it held before is in the change ledger.</summary>
    ChangedAfterClose,

    /// <summary>It lost rows or amounts after it was closed.</summary>
    Shrunk,

    /// <summary>It flips between two contents: two machines use one device id.</summary>
    Shared,

    /// <summary>The device sent its whole history again, and this day was not in it. Still counted.</summary>
    Gone,

    /// <summary>Its rows were removed by age; nothing of it counts.</summary>
    Expired,
}
