using Ingest.Api.Pages.Usage;
using Ingest.Domain.Ledger;
using Ingest.Domain.Reconciliation;
using Ingest.Domain.Usage;

namespace Ingest.Api.Tests.Pages;

/// <summary>Numbers and days as people read them.</summary>
public sealed class UsageFigureTests
{
    [Theory]
    [InlineData(0, "$0.00", "$0.00", "0")]
    [InlineData(1, "$0.000001", "$0.000001", "0.0001")]
    [InlineData(999, "$0.000999", "$0.000999", "0.0999")]
    [InlineData(1_234, "$0.0012", "$0.001234", "0.1234")]
    [InlineData(99_999, "$0.1000", "$0.099999", "9.9999")]
    [InlineData(123_456, "$0.12", "$0.123456", "12.3456")]
    [InlineData(1_234_567_800, "$1,234.57", "$1,234.5678", "123456.78")]
    [InlineData(long.MaxValue, "$9,223,372,036,854.78", "$9,223,372,036,854.775807", "922337203685477.5807")]
    public void Money_has_as_many_digits_as_it_needs(long units, string shown, string exact, string cents)
    {
        var figure = Figure.Money(units);
        figure.ShouldBe(new Figure(shown, exact, cents));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(9_999, "9,999")]
    [InlineData(10_000, "10.0 K")]
    [InlineData(99_949, "99.9 K")]
    [InlineData(99_950, "100 K")]
    [InlineData(999_499, "999 K")]
    [InlineData(999_500, "1.00 M")]
    [InlineData(12_345_678, "12.3 M")]
    [InlineData(7_000_000_000, "7.00 B")]
    [InlineData(long.MaxValue, "9,223,372 T")]
    public void Tokens_are_short_and_all_of_them_are_kept(long count, string shown)
    {
        var figure = Figure.Tokens(count);
        figure.Shown.ShouldBe(shown);
        figure.Exact.ShouldBe(count.ToString("#,##0"));
        figure.Value.ShouldBe(count.ToString());
    }

    [Theory]
    [InlineData(0, 0, 0, "no change")]
    [InlineData(5, 0, 1, "new")]
    [InlineData(0, 5, -1, "−100 %")]
    [InlineData(112, 100, 1, "+12 %")]
    [InlineData(1_050, 1_000, 1, "+5.0 %")]
    [InlineData(905, 1_000, -1, "−9.5 %")]
    [InlineData(1_000_001, 1_000_000, 1, "< 0.1 %")]
    [InlineData(4_300, 100, 1, "×43.0")]
    [InlineData(long.MaxValue, 1, 1, "×9,223,372,036,854,775,807")]
    public void Changes_are_in_per_cent_as_long_as_anybody_pictures_those(long now, long before, int direction, string shown)
    {
        var change = Change.Of(default(DayTotals) with { MessageCount = now }, default(DayTotals) with { MessageCount = before }, UsageMeasure.Messages);
        change.ShouldBe(new Change(direction, shown, before.ToString("#,##0")));
    }

    [Theory]
    [InlineData("2026-11-01", "2026-11-20", "1–19 Nov 2026")]
    [InlineData("2026-11-19", "2026-11-20", "19 Nov 2026")]
    [InlineData("2026-10-23", "2026-11-22", "23 Oct – 21 Nov 2026")]
    [InlineData("2025-12-28", "2026-01-04", "28 Dec 2025 – 3 Jan 2026")]
    public void Ranges_name_their_last_day(string from, string to, string told) => UsageWords.Of(new DayRange(DateOnly.Parse(from), DateOnly.Parse(to))).ShouldBe(told);

    [Theory]
    [InlineData("0", "1", "0, 1")]
    [InlineData("0.37", "0.000001", "0, 0.1, 0.2, 0.3, 0.4")]
    [InlineData("0.0000031", "0.000001", "0, 0.000001, 0.000002, 0.000003, 0.000004")]
    [InlineData("1", "1", "0, 1")]
    [InlineData("3", "1", "0, 1, 2, 3")]
    [InlineData("7", "1", "0, 2, 4, 6, 8")]
    [InlineData("9", "1", "0, 5, 10")]
    [InlineData("80", "1", "0, 20, 40, 60, 80")]
    [InlineData("81", "1", "0, 50, 100")]
    [InlineData("1234.5", "0.000001", "0, 500, 1000, 1500")]
    [InlineData("36893488147419103228", "1", "0, 10000000000000000000, 20000000000000000000, 30000000000000000000, 40000000000000000000")]
    public void Axes_are_marked_with_round_numbers_up_to_above_the_largest(string largest, string leastStep, string marks) =>
        string.Join(", ", AxisScale.Of(decimal.Parse(largest), decimal.Parse(leastStep)).Marks.Select(mark => mark.ToString("0.######"))).ShouldBe(marks);

    [Fact]
    public void Whatever_is_drawn_the_scale_holds_it_in_few_steps()
    {
        var dice = new Random(7);
        for (var round = 0; round < 2_000; round++)
        {
            var largest = (decimal)Math.Pow(10, (dice.NextDouble() * 24) - 5);
            var scale = AxisScale.Of(largest, 0.000001m);
            scale.Top.ShouldBeGreaterThanOrEqualTo(largest);
            (scale.Top - scale.Step).ShouldBeLessThan(largest);
            scale.Steps.ShouldBeInRange(1, 4);
        }
    }

    [Theory]
    [InlineData("0", "20", UsageMeasure.CostEffective, "$0")]
    [InlineData("0.5", "2", UsageMeasure.CostIngested, "$0.5")]
    [InlineData("5000", "8000", UsageMeasure.CostEffective, "$5,000")]
    [InlineData("5000", "20000", UsageMeasure.CostEffective, "$5 K")]
    [InlineData("2500000", "10000000", UsageMeasure.Tokens, "2.5 M")]
    [InlineData("40", "80", UsageMeasure.Messages, "40")]
    public void Marks_share_a_unit(string mark, string top, UsageMeasure measure, string told) => Figure.Mark(decimal.Parse(mark), decimal.Parse(top), measure).ShouldBe(told);
}
