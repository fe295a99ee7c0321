using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Ledger;

/// <summary>
/// The one lever on a stock daemon (C§5.0): it sends again every day after the watermark. Too low costs idempotent re-sends; too high
/// loses rows for good. So never an open day, and never ahead of what this very envelope carried.
/// </summary>
public static class WatermarkRule
{
    /// <summary>The last closed day: days up to it are not expected to change any more.</summary>
    /// <param name="now">The server's clock.</param>
    /// <param name="sentAt">The envelope's stamp; a device behind the server has not finished a day the server has.</param>
    /// <param name="graceDays">Days before today that late changes are still expected for.</param>
    public static DateOnly ClosedThrough(DateTimeOffset now, DateTimeOffset sentAt, int graceDays) =>
        Day.Of(sentAt < now ? sentAt : now).AddDays(-1 - graceDays);

    /// <param name="latestDay">The latest valid day in this envelope, or null when it carries no rollups.</param>
    /// <returns>The day to confirm, or null: the daemon then keeps its own.</returns>
    public static DateOnly? Confirm(DateOnly? latestDay, DateOnly closedThrough) =>
        latestDay is { } latest ? (latest < closedThrough ? latest : closedThrough) : null;
}
