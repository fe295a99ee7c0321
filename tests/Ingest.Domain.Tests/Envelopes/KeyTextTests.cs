using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Tests.Envelopes;

public sealed class KeyTextTests
{
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(2_000);

    [Fact]
    public void No_text_outgrows_its_cap_and_no_code_point_is_split() =>
        Prop.ForAll(Texts.Any(120).ToArbitrary(), Gen.Elements(64, 128, 256).ToArbitrary(), (text, cap) =>
        {
            var fitted = KeyText.Fit(text, cap);
            Encoding.UTF8.GetByteCount(fitted).ShouldBeLessThanOrEqualTo(cap);
            new UTF8Encoding(false, throwOnInvalidBytes: true).GetByteCount(fitted).ShouldBeGreaterThanOrEqualTo(0);
            if (Encoding.UTF8.GetByteCount(text) <= cap)
            {
                fitted.ShouldBeSameAs(text);
                return true;
            }

            var hash = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
            hash.Length.ShouldBe(22);
            fitted.ShouldEndWith(KeyText.Mark + hash);
            var prefix = fitted[..^23];
            text.ShouldStartWith(prefix, Case.Sensitive);
            // The next code point would not have fitted.
            var nextBytes = Rune.GetRuneAt(text, prefix.Length).Utf8SequenceLength;
            (Encoding.UTF8.GetByteCount(fitted) + nextBytes).ShouldBeGreaterThan(cap);
            return true;
        }).Check(Thorough);

    [Fact]
    public void Fitting_again_changes_nothing() =>
        Prop.ForAll(Texts.Any(120).ToArbitrary(), text => KeyText.Fit(KeyText.Fit(text, 64), 64) == KeyText.Fit(text, 64)).Check(Thorough);

    [Fact]
    public void Distinct_stays_distinct_however_late_texts_differ() =>
        Prop.ForAll(Texts.Any(60).ToArbitrary(), Texts.Any(5).Two().ToArbitrary(), (start, ends) =>
        {
            var shared = new string('x', 64) + start;
            return (KeyText.Fit(shared + ends.Item1, 64) == KeyText.Fit(shared + ends.Item2, 64)) == (ends.Item1 == ends.Item2);
        }).Check(Thorough);

    [Theory]
    [InlineData(64, false)]
    [InlineData(65, true)]
    public void The_cap_itself_fits(int length, bool cut) =>
        (KeyText.Fit(new string('b', length), 64) != new string('b', length)).ShouldBe(cut);

    [Fact]
    public void An_over_long_text_is_stored_as_documented() =>
        KeyText.Fit("feature/" + new string('é', 40), 64).ShouldBe("feature/" + new string('é', 16) + "~" + "y_CDY9gr1EuboX9PvSddUg");

    [Fact]
    public void Texts_compare_as_their_utf8_bytes() =>
        Prop.ForAll(Texts.Any(3).Two().ToArbitrary(), Texts.Any(4).ToArbitrary(), (two, shared) =>
        {
            var (left, right) = (shared + two.Item1, shared + two.Item2);
            var bytes = Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));
            Math.Sign(KeyText.Compare(left, right)).ShouldBe(Math.Sign(bytes), $"{left} / {right}");
            Math.Sign(KeyText.Compare(right, left)).ShouldBe(-Math.Sign(bytes));
            return true;
        }).Check(Thorough.WithMaxTest(5_000));

    [Theory]
    [InlineData("\uffff", "\U00010000", -1)]
    [InlineData("\ue000", "\U0010ffff", -1)]
    [InlineData("\ud7ff", "\U00010000", -1)]
    [InlineData("😀", "😁", -1)]
    [InlineData("a😀", "a", 1)]
    [InlineData("", "a", -1)]
    [InlineData("é", "z", 1)]
    [InlineData("same", "same", 0)]
    public void Surrogate_pairs_come_after_every_other_text(string left, string right, int order) =>
        Math.Sign(KeyText.Compare(left, right)).ShouldBe(order);
}
