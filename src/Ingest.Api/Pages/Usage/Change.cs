using System.Globalization;
using Ingest.Domain.Ledger;
using Ingest.Domain.Usage;

namespace Ingest.Api.Pages.Usage;

/// <summary>How a sum differs from that of the period before.</summary>
/// <param name="Direction">More than it, less, or neither: 1, -1, 0.</param>
/// <param name="Shown">By how much.</param>
/// <param name="Before">What it was.</param>
public sealed record Change(int Direction, string Shown, string Before)
{
    public static Change Of(DayTotals sums, DayTotals previous, UsageMeasure measure)
    {
        var (now, before) = ((decimal)UsageRanking.Of(sums, measure), (decimal)UsageRanking.Of(previous, measure));
        return new Change(now.CompareTo(before), Told(now, before), Figure.Of(previous, measure).Exact);
    }

    private static string Told(decimal now, decimal before)
    {
        if (now == before) return "no change";
        if (before == 0) return "new";
        var percent = Math.Abs(now - before) / before * 100;
        return percent switch
        {
            // Nobody pictures 4,200 per cent.
            >= 1000 => "×" + (now / before).ToString(now / before < 100 ? "0.0" : "#,##0", CultureInfo.InvariantCulture),
            < 0.1m => "< 0.1 %",
            _ => (now > before ? "+" : "−") + percent.ToString(percent < 9.95m ? "0.0" : "0", CultureInfo.InvariantCulture) + " %",
        };
    }
}
