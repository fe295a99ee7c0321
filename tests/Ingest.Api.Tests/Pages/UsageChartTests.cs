using Ingest.Api.Pages.Usage;
using Ingest.Domain.Usage;

namespace Ingest.Api.Tests.Pages;

/// <summary>What is drawn of usage, whatever there is of it.</summary>
public sealed class UsageChartTests
{
    private static readonly DateOnly First = new(2025, 10, 17);

    [Fact]
    public void One_day_is_one_slim_bar_in_the_middle()
    {
        var chart = Of(1, First, [5]);
        chart.PathOf(0).ShouldBe("M0.465 40h0.07V240h-0.07z");
        chart.Scale.Top.ShouldBe(6);
        chart.DayMarks().ShouldBe([new DayMark(50, "17 Oct", false)]);
    }

    [Fact]
    public void Parts_stand_on_each_other_with_a_gap_and_end_where_their_sum_does()
    {
        var chart = Of(2, null, [30, 0], [10, 40]);
        chart.Scale.Top.ShouldBe(40);
        chart.PathOf(0).ShouldBe("M0.43 60h0.14V240h-0.14z");
        chart.PathOf(1).ShouldBe("M0.43 0h0.14V59h-0.14zM1.43 0h0.14V240h-0.14z");
        chart.OpenBars().ShouldBe([(0.43m, 0m), (1.43m, 0m)], "no day is complete");
    }

    [Fact]
    public void Days_after_the_last_complete_one_are_open()
    {
        Of(5, First.AddDays(2), [1, 1, 1, 0, 1]).CompleteDays.ShouldBe(3);
        Of(5, First.AddDays(2), [1, 1, 1, 0, 1]).OpenBars().Count().ShouldBe(1, "nothing is drawn of a day without usage");
        Of(5, First.AddDays(90), [1, 1, 1, 1, 1]).CompleteDays.ShouldBe(5);
        Of(5, First.AddDays(-90), [1, 1, 1, 1, 1]).CompleteDays.ShouldBe(0);
        Of(5, null, [1, 1, 1, 1, 1]).CompleteDays.ShouldBe(0);
    }

    [Fact]
    public void Nothing_at_all_is_a_scale_without_bars()
    {
        var chart = Of(3, null, [0, 0, 0]);
        chart.PathOf(0).ShouldBe("");
        chart.Scale.Marks.ShouldBe([0, 1]);
    }

    [Theory]
    [InlineData(7, 7, 4)]
    [InlineData(30, 10, 5)]
    [InlineData(62, 9, 5)]
    [InlineData(90, 3, 3)]
    [InlineData(400, 13, 5)]
    public void As_many_days_are_named_as_there_is_room_for(int days, int wide, int narrow)
    {
        var chart = Of(days, null, [.. Enumerable.Range(0, days).Select(_ => (Int128)3)]);
        var marks = chart.DayMarks();
        marks.Count.ShouldBe(wide);
        marks.Count(mark => !mark.IsForWide).ShouldBe(narrow);
        marks.ShouldAllBe(mark => mark.Percent > 0 && mark.Percent < 100);
        chart.PathOf(0).Count(letter => letter == 'M').ShouldBe(days);
    }

    [Fact]
    public void A_year_begins_with_its_number()
    {
        Of(400, null, [.. Enumerable.Range(0, 400).Select(_ => (Int128)3)]).DayMarks().Select(mark => mark.Text)
            .ShouldBe(["Nov", "Dec", "2026", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov"]);
    }

    private static UsageChart Of(int days, DateOnly? completeThrough, params Int128[][] amounts) =>
        new(UsageMeasure.Messages, First, days, [.. amounts.Select((part, at) => new UsageSeries($"part {at}", $"series-{at + 1}", null, part))], completeThrough);
}
