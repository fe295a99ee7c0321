namespace Ingest.Domain.Ledger;

/// <summary>Why a device is asked to send days again.</summary>
public enum RewindReason
{
    /// <summary>A closed day arrived changed: it may be half of a change that goes on.</summary>
    Changed,

    /// <summary>A day that differs was ignored, since its envelope was late.</summary>
    Late,

    /// <summary>An operator asked.</summary>
    Requested,

    /// <summary>The device brought next to no history: another server may have it.</summary>
    FirstContact,

    /// <summary>The daily look at the last weeks.</summary>
    LookBack,

    /// <summary>The look at everything, weekly and after what may have torn the history.</summary>
    FullLookBack,
}
