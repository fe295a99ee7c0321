using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Tests.Envelopes;

public sealed class DayTests
{
    [Fact]
    public void Every_calendar_day_since_1970_is_read_and_written_in_ten_characters() =>
        Prop.ForAll(Gen.Choose(Day.Earliest.DayNumber, DateOnly.MaxValue.DayNumber).ToArbitrary(), number =>
        {
            var day = DateOnly.FromDayNumber(number);
            var text = Day.ToText(day);
            text.Length.ShouldBe(10);
            text.ShouldBe(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            Day.TryParse(Parsing.Utf8(text), out var parsed).ShouldBeTrue();
            parsed.ShouldBe(day);
            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Texts_of_days_are_in_the_order_of_the_days() =>
        Prop.ForAll(Gen.Choose(-100_000, 3_600_000).Two().ToArbitrary(), two =>
        {
            var (left, right) = (DateOnly.FromDayNumber(Math.Max(0, two.Item1)), DateOnly.FromDayNumber(Math.Max(0, two.Item2)));
            return Math.Sign(string.CompareOrdinal(Day.ToText(left), Day.ToText(right))) == left.CompareTo(right);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("1969-12-31")]
    [InlineData("2026-02-29")]
    [InlineData("2026-13-01")]
    [InlineData("2026-00-10")]
    [InlineData("2026-04-31")]
    [InlineData("2026-04-00")]
    [InlineData("2026-4-1")]
    [InlineData("2026/04/01")]
    [InlineData("20260401")]
    [InlineData("2026-04-01T00:00:00Z")]
    [InlineData(" 2026-04-01")]
    [InlineData("+026-04-01")]
    [InlineData("٢٠٢٦-04-01")]
    [InlineData("0000-00-00")]
    [InlineData("tomorrow")]
    [InlineData("infinity")]
    [InlineData("")]
    public void What_the_database_might_take_for_a_day_is_refused(string text) =>
        Day.TryParse(Parsing.Utf8(text), out _).ShouldBeFalse();

    [Fact]
    public void The_day_of_an_instant_is_its_utc_day() =>
        Day.Of(new DateTimeOffset(2026, 5, 14, 23, 30, 0, TimeSpan.FromHours(-7))).ShouldBe(new DateOnly(2026, 5, 15));
}
