using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Ledger;

/// <summary>
/// The one lever on a stock daemon (C§5.0): it sends again every day after the watermark. Too low costs idempotent re-sends; too high
/// loses rows for good. So never an open day, never ahead of what this very envelope carried, and never past a day that has to come again.
/// </summary>
public static class WatermarkRule
{
    /// <summary>The last closed day: days up to it are not expected to change any more.</summary>
    /// <param name="now">The server's clock.</param>
    /// <param name="sentAt">The envelope's stamp; a device behind the server has not finished a day the server has.</param>
    /// <param name="graceDays">Days before today that late changes are still expected for.</param>
    public static DateOnly ClosedThrough(DateTimeOffset now, DateTimeOffset sentAt, int graceDays) =>
        Day.Of(sentAt < now ? sentAt : now).AddDays(-1 - graceDays);

    /// <param name="latestDay">The latest valid day in this envelope.</param>
    /// <returns>The day to confirm.</returns>
    public static DateOnly Confirm(DateOnly latestDay, DateOnly closedThrough) => latestDay < closedThrough ? latestDay : closedThrough;

    /// <returns>The watermark while <paramref name="rewind"/> is pending; the earliest there is asks for everything.</returns>
    public static DateOnly Below(DateOnly confirmed, Rewind? rewind)
    {
        if (rewind is null || confirmed < rewind.From) return confirmed;
        return rewind.From > Day.Earliest ? rewind.From.AddDays(-1) : Day.Earliest;
    }

    /// <returns>The watermark of an envelope that names no day: the daemon keeps its own, unless days have to come again.</returns>
    public static DateOnly? OfPending(Rewind? rewind) => rewind is null ? null : Below(DateOnly.MaxValue, rewind);
}
