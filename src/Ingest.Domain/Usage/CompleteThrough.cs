using Ingest.Domain.Ledger;

namespace Ingest.Domain.Usage;

/// <summary>Up to which day a device's sums can be relied on.</summary>
public static class CompleteThrough
{
    /// <summary>A rewind that only makes sure holds back nothing; all others say that something is missing from their day on.</summary>
    /// <param name="confirmedDay">Up to where the device was told that its days are stored.</param>
    /// <param name="rewindFrom">The day of the pending rewind.</param>
    /// <param name="rewindReason">Why it was asked for.</param>
    public static DateOnly? Of(DateOnly? confirmedDay, DateOnly? rewindFrom, string? rewindReason)
    {
        if (rewindFrom is not { } from || RewindReasons.Parse(rewindReason!).IsRoutine()) return confirmedDay;
        var before = from > DateOnly.MinValue ? from.AddDays(-1) : from;
        return confirmedDay < before ? confirmedDay : before;
    }
}
