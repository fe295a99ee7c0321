using Ingest.Domain.Envelopes;
using Ingest.Domain.Ledger;

namespace Ingest.Domain.Usage;

/// <summary>A device whose usage is counted.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="Label">What it calls itself.</param>
/// <param name="ConfirmedDay">Up to where the device was told that its days are stored.</param>
/// <param name="ContinuesAfter">Where its pass is: before the confirmed day while it sends its history again.</param>
/// <param name="RewindFrom">The day of its pending rewind.</param>
/// <param name="RewindReason">Why that was asked for.</param>
/// <param name="Gap">What a restored backup left open.</param>
public sealed record UsageDevice(
    string DeviceId, string? Label, DateOnly? ConfirmedDay, DateOnly? ContinuesAfter, DateOnly? RewindFrom, RewindReason? RewindReason, BackupGap? Gap = null)
{
    /// <summary>What people of the workspace call it.</summary>
    public string? Name { get; init; }

    /// <summary>Whose it is.</summary>
    public Guid OwnerUserId { get; init; }

    public DateTimeOffset FirstContactAt { get; init; }

    /// <summary>Whether nobody waits for what it has yet: people of its workspace want no more of it.</summary>
    public bool IsRevoked { get; init; }

    /// <summary>The id it was merged into.</summary>
    public string? MergedInto { get; init; }

    /// <summary>Whether something it delivered, or should have, is known not to stand here: a restored backup left it out, or it is asked for.</summary>
    public bool IsOpen => Gap is not null || IsAskedForMissing;

    /// <summary>
    /// The last day that is complete, or null where none is. A rewind that only makes sure holds back nothing; any other says that something
    /// is missing from its day on.
    /// </summary>
    public DateOnly? CompleteThrough
    {
        get
        {
            // What it delivered after the backup may be missing, wherever it is by now.
            if (Gap is null) return CompleteWithoutGap;
            return IsAskedForMissing && !(CompleteWithoutGap > Gap.Through) ? CompleteWithoutGap : Gap.Through;
        }
    }

    private bool IsAskedForMissing => RewindFrom is not null && RewindReason?.IsRoutine() != true;

    private DateOnly? CompleteWithoutGap
    {
        get
        {
            if (RewindFrom is null) return ContinuesAfter < ConfirmedDay ? ContinuesAfter : ConfirmedDay;
            var from = RewindFrom.Value;
            if (!IsAskedForMissing || !(ConfirmedDay >= from)) return ConfirmedDay;
            return from > Day.Earliest ? from.AddDays(-1) : null;
        }
    }
}
