using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Validation;

namespace Ingest.Domain.Tests.Envelopes;

public sealed class CountTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("-0", 0)]
    [InlineData("5", 5)]
    [InlineData("5.0", 5)]
    [InlineData("5e0", 5)]
    [InlineData("0.5e1", 5)]
    [InlineData("50E-1", 5)]
    [InlineData("1e3", 1_000)]
    [InlineData("1.000000000000000000000000000000", 1)]
    [InlineData("1000000000000", 1_000_000_000_000)]
    public void A_whole_number_is_one_in_every_notation(string text, long value)
    {
        Count.Parse(Parsing.Utf8(text), EnvelopeLimits.Tokens, out var parsed).ShouldBe(NumberProblem.None);
        parsed.ShouldBe(value);
    }

    [Theory]
    [InlineData("5.5", NumberProblem.NotWhole)]
    [InlineData("1e-3", NumberProblem.NotWhole)]
    [InlineData("5.000000000000000000000000000001", NumberProblem.NotWhole)]
    [InlineData("-1", NumberProblem.Negative)]
    [InlineData("-1e-300", NumberProblem.Negative)]
    [InlineData("1000000000001", NumberProblem.OutOfRange)]
    [InlineData("1e18", NumberProblem.OutOfRange)]
    [InlineData("99999999999999999999999999999999999999", NumberProblem.OutOfRange)]
    [InlineData("1e99999999999999999999", NumberProblem.OutOfRange)]
    public void What_is_no_count_is_refused(string text, NumberProblem problem)
    {
        Count.Parse(Parsing.Utf8(text), EnvelopeLimits.Tokens, out var parsed).ShouldBe(problem);
        parsed.ShouldBe(0);
    }

    [Fact]
    public void Every_number_is_judged_as_exact_arithmetic_judges_it() =>
        Prop.ForAll(NumberTexts.All().ToArbitrary(), Gen.Elements(10L, EnvelopeLimits.MessageCount, EnvelopeLimits.Tokens).ToArbitrary(), (text, maximum) =>
        {
            var (numerator, denominator) = NumberTexts.ValueOf(text);
            var problem = Count.Parse(Parsing.Utf8(text), maximum, out var value);
            var quotient = BigInteger.DivRem(numerator, denominator, out var rest);
            if (numerator.Sign < 0) problem.ShouldBe(NumberProblem.Negative, text);
            else if (rest.IsZero && quotient <= maximum) problem.ShouldBe(NumberProblem.None, text);
            else if (rest.IsZero) problem.ShouldBe(NumberProblem.OutOfRange, text);
            else if (quotient <= maximum) problem.ShouldBe(NumberProblem.NotWhole, text);
            else problem.ShouldBeOneOf(NumberProblem.NotWhole, NumberProblem.OutOfRange);
            value.ShouldBe(problem == NumberProblem.None ? (long)quotient : 0, text);
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
}
