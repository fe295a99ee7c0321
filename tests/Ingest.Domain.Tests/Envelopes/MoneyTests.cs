using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Validation;

namespace Ingest.Domain.Tests.Envelopes;

public sealed class MoneyTests
{
    [Theory]
    [InlineData("12.5", 125_000)]
    [InlineData("342.123456789012", 3_421_235)]
    [InlineData("1e-7", 0)]
    [InlineData("0.00005", 0)]
    [InlineData("0.00015", 2)]
    [InlineData("0.00025", 2)]
    [InlineData("0.000250000000000000000000000000000000001", 3)]
    [InlineData("0.00024999999999999999999999999999999999", 2)]
    [InlineData("-0.0", 0)]
    [InlineData("-7e-14", 0)]
    [InlineData("-0.00999999999999999999999999", 0)]
    [InlineData("100000000", 1_000_000_000_000)]
    public void An_amount_is_kept_to_a_ten_thousandth_of_a_cent_half_to_even(string cents, long units)
    {
        Money.Parse(Parsing.Utf8(cents), out var parsed).ShouldBe(NumberProblem.None);
        parsed.ShouldBe(units);
    }

    [Theory]
    [InlineData("-0.01", NumberProblem.Negative)]
    [InlineData("-1", NumberProblem.Negative)]
    [InlineData("-1e300", NumberProblem.Negative)]
    [InlineData("100000000.00006", NumberProblem.OutOfRange)]
    [InlineData("1e300", NumberProblem.OutOfRange)]
    [InlineData("1e999999999999999999999", NumberProblem.OutOfRange)]
    public void What_is_no_amount_is_refused_and_worth_nothing(string cents, NumberProblem problem)
    {
        Money.Parse(Parsing.Utf8(cents), out var parsed).ShouldBe(problem);
        parsed.ShouldBe(0);
    }

    [Fact]
    public void Every_number_is_rounded_as_exact_arithmetic_rounds_it() =>
        Prop.ForAll(NumberTexts.All().ToArbitrary(), text =>
        {
            var problem = Money.Parse(Parsing.Utf8(text), out var units);
            (problem, units).ShouldBe(Reference(text), text);
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    [Fact]
    public void More_digits_than_any_machine_type_holds_decide_exactly()
    {
        var zeros = new string('0', 200_000);
        Money.Parse(Parsing.Utf8($"0.{zeros}15e200000"), out var units).ShouldBe(NumberProblem.None);
        units.ShouldBe(1_500);
        Money.Parse(Parsing.Utf8($"25{zeros}e-200005"), out units).ShouldBe(NumberProblem.None);
        units.ShouldBe(2);
        Money.Parse(Parsing.Utf8($"25{zeros}1e-200006"), out units).ShouldBe(NumberProblem.None);
        units.ShouldBe(3);
    }

    [Fact]
    public void What_stands_behind_a_number_does_not_change_it() =>
        Prop.ForAll(NumberTexts.All().ToArbitrary(), Gen.Elements(",", "}", "]", "\n      ", ", \"cost_cents_ingested\": 12345678", "/0000000", ":9999999", "\u00f9123456").ToArbitrary(), (text, behind) =>
        {
            DecimalText.Read(Parsing.Utf8(text + behind), out var number).ShouldBe(text.Length, text + behind);
            (Money.Of(number, out var units), units).ShouldBe((Money.Parse(Parsing.Utf8(text), out var alone), alone), text + behind);
            (number.Whole(EnvelopeLimits.Tokens, out var whole), whole).ShouldBe((Count.Parse(Parsing.Utf8(text), EnvelopeLimits.Tokens, out alone), alone), text + behind);
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("+1")]
    [InlineData("01")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("12345678x")]
    [InlineData("twelve")]
    public void What_is_no_number_is_none(string text) => Should.Throw<FormatException>(() => new DecimalText(Parsing.Utf8(text)));

    [Fact]
    public void The_way_back_to_cents_is_exact() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), units =>
        {
            Money.Parse(Parsing.Utf8(Money.ToCents(units).ToString(System.Globalization.CultureInfo.InvariantCulture)), out var again);
            return again == units;
        }).QuickCheckThrowOnFailure();

    private static (NumberProblem, long) Reference(string text)
    {
        var (numerator, denominator) = NumberTexts.ValueOf(text);
        if (numerator.Sign < 0) return (-numerator * 100 >= denominator ? NumberProblem.Negative : NumberProblem.None, 0);
        var units = BigInteger.DivRem(numerator * Money.UnitsPerCent, denominator, out var rest);
        var half = (rest * 2).CompareTo(denominator);
        if (half > 0 || (half == 0 && !units.IsEven)) units++;
        return units <= EnvelopeLimits.CostUnits ? (NumberProblem.None, (long)units) : (NumberProblem.OutOfRange, 0);
    }
}
