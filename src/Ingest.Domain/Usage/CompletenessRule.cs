namespace Ingest.Domain.Usage;

/// <summary>Up to which day a device's sums can be relied on.</summary>
public static class CompletenessRule
{
    /// <summary>Rewinds that only make sure; all others say that something is missing from their day on.</summary>
    private static readonly string[] Routine = ["look_back", "full_look_back", "requested"];

    /// <param name="confirmedDay">Up to where the device was told that its days are stored.</param>
    /// <param name="rewindFrom">The day of the pending rewind.</param>
    /// <param name="rewindReason">Why it was asked for.</param>
    public static DateOnly? Through(DateOnly? confirmedDay, DateOnly? rewindFrom, string? rewindReason)
    {
        if (rewindFrom is not { } from || Routine.Contains(rewindReason, StringComparer.Ordinal)) return confirmedDay;
        var before = from.AddDays(-1);
        return confirmedDay < before ? confirmedDay : before;
    }
}
