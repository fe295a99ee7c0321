namespace Ingest.Domain.Ledger;

/// <summary>How far a device has come, and what it is asked to send again.</summary>
public sealed record DeviceProgress
{
    public static DeviceProgress None { get; } = new();

    /// <summary>The latest day ever confirmed; status reports it.</summary>
    public DateOnly? ConfirmedDay { get; init; }

    /// <summary>An envelope that begins at or before this day does not continue where the last one ended: its daemon started over, or went back.</summary>
    public DateOnly? ContinuesAfter { get; init; }

    public Rewind? Rewind { get; init; }

    /// <summary>Days from here on are compared row by row until the daemon is at its head again.</summary>
    public DateOnly? VerifyFrom { get; init; }

    public RewindRequest? Requested { get; init; }

    /// <summary>Whether what is stored is, or is soon to be, compared row by row: nothing may be taken for known then.</summary>
    public bool Verifies => VerifyFrom is not null || Rewind is { Verifies: true } || Requested is { Verifies: true };

    /// <summary>When the next look-back is due.</summary>
    public DateTimeOffset? LookBackAt { get; init; }

    /// <summary>From this day on the next look-back goes over everything.</summary>
    public DateOnly? FullLookBackOn { get; init; }

    /// <summary>When two machines were last seen to use the device id.</summary>
    public DateTimeOffset? SharedSeenAt { get; init; }

    /// <summary>What a restored backup left open.</summary>
    public BackupGap? Gap { get; init; }
}
