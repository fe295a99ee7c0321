using System.Globalization;
using Ingest.Domain.Ledger;
using Ingest.Domain.Usage;

namespace Ingest.Api.Pages.Usage;

/// <summary>A number, short enough to be read.</summary>
/// <param name="Shown">In few digits.</param>
/// <param name="Exact">In all of them.</param>
/// <param name="Value">As the API says it: money in cents.</param>
public sealed record Figure(string Shown, string Exact, string Value)
{
    private const decimal UnitsPerDollar = Domain.Envelopes.Money.UnitsPerCent * 100;

    /// <summary>Below that a number is as short as it would be with a unit.</summary>
    private const decimal LeastShortened = 10_000;

    private static readonly string[] Units = ["", " K", " M", " B", " T"];

    public static Figure Of(DayTotals sums, UsageMeasure measure) => Of(UsageRanking.Of(sums, measure), measure);

    /// <param name="amount">Messages, tokens, or 1/10000 cents.</param>
    /// <param name="measure">Which of them.</param>
    public static Figure Of(Int128 amount, UsageMeasure measure) => measure switch
    {
        UsageMeasure.Messages => Counted(amount),
        UsageMeasure.Tokens => Tokens(amount),
        _ => Money(amount),
    };

    /// <summary>Dollars in cents, and the fewer dollars the more digits.</summary>
    public static Figure Money(Int128 units)
    {
        var dollars = (decimal)units / UnitsPerDollar;
        var digits = dollars switch { 0 or >= 0.1m => "$#,##0.00", >= 0.001m => "$0.0000", _ => "$0.000000" };
        return new Figure(
            dollars.ToString(digits, CultureInfo.InvariantCulture), dollars.ToString("$#,##0.00####", CultureInfo.InvariantCulture),
            ((decimal)units / Domain.Envelopes.Money.UnitsPerCent).ToString("0.####", CultureInfo.InvariantCulture));
    }

    public static Figure Tokens(Int128 count) => Counted(count) with { Shown = Short((decimal)count) };

    public static Figure Counted(Int128 count)
    {
        var all = ((decimal)count).ToString("#,##0", CultureInfo.InvariantCulture);
        return new Figure(all, all, count.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>What an axis is marked with: all marks in one unit, none in more digits than it needs.</summary>
    /// <param name="mark">Dollars, messages or tokens.</param>
    /// <param name="top">The largest mark.</param>
    /// <param name="measure">Which of them.</param>
    public static string Mark(decimal mark, decimal top, UsageMeasure measure)
    {
        var unit = 0;
        for (var scaled = top; scaled >= LeastShortened || (unit > 0 && scaled >= 1000); scaled /= 1000)
        {
            if (unit == Units.Length - 1) break;
            unit++;
            mark /= 1000;
        }

        var sign = measure is UsageMeasure.CostEffective or UsageMeasure.CostIngested ? "$" : "";
        return sign + mark.ToString("#,##0.######", CultureInfo.InvariantCulture) + (mark == 0 ? "" : Units[unit]);
    }

    /// <summary>What is counted in, where bars are drawn.</summary>
    public static decimal Drawn(Int128 amount, UsageMeasure measure) =>
        measure is UsageMeasure.CostEffective or UsageMeasure.CostIngested ? (decimal)amount / UnitsPerDollar : (decimal)amount;

    private static string Short(decimal number)
    {
        if (number < LeastShortened) return number.ToString("#,##0", CultureInfo.InvariantCulture);
        var unit = 0;

        // What rounds to a thousand is one of the next unit.
        for (; number >= 999.5m && unit < Units.Length - 1; unit++) number /= 1000;
        return number.ToString(number switch { < 9.995m => "0.00", < 99.95m => "0.0", _ => "#,##0" }, CultureInfo.InvariantCulture) + Units[unit];
    }
}
