using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Tests.Envelopes;

public sealed class SharedTextsTests
{
    private static readonly byte[] Behind = Encoding.UTF8.GetBytes("\", \"and so the body goes on, for longer than any text that is shared\"");

    [Fact]
    public void Whatever_was_asked_for_before_a_text_is_the_text() =>
        Prop.ForAll(Gen.Choose(0, 2).ToArbitrary(), Asked().ToArbitrary(), Gen.Elements(0, 1, 40, Behind.Length).ToArbitrary(), (power, asked, behind) =>
        {
            var texts = new SharedTexts(power);
            foreach (var text in asked) Get(texts, text, behind).ShouldBe(text);
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));

    [Fact]
    public void Texts_that_differ_only_at_their_ends_are_told_apart() =>
        Prop.ForAll(Gen.Choose(0, SharedTexts.LongestText + 2).ToArbitrary(), Gen.Choose(1, 127).Two().ToArbitrary(), (length, last) =>
        {
            var texts = new SharedTexts(power: 0);
            var (left, right) = (new string('x', length) + (char)last.Item1, new string('x', length) + (char)last.Item2);
            foreach (var text in new[] { left, right, right, left, left, right, new string('x', length), left }) Get(texts, text, Behind.Length).ShouldBe(text);
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));

    [Theory]
    [InlineData(0, true)]
    [InlineData(31, true)]
    [InlineData(32, true)]
    [InlineData(33, true)]
    [InlineData(SharedTexts.LongestText, true)]
    [InlineData(SharedTexts.LongestText + 1, false)]
    public void A_text_that_is_not_too_long_is_one_string(int length, bool isShared)
    {
        var texts = new SharedTexts(power: 4);
        var text = new string('m', length);
        ReferenceEquals(Get(texts, text, Behind.Length), Get(texts, text, Behind.Length)).ShouldBe(isShared || length == 0);
    }

    [Fact]
    public void A_flood_of_texts_that_are_asked_for_once_displaces_nothing()
    {
        var texts = new SharedTexts(power: 0);
        var shared = Get(texts, "claude_code", Behind.Length);
        for (var i = 0; i < 1_000; i++) Get(texts, $"branch-{i}", Behind.Length);
        Get(texts, "claude_code", Behind.Length).ShouldBeSameAs(shared);
    }

    [Fact]
    public void A_text_that_is_asked_for_again_and_again_takes_the_place_of_one_that_is_not()
    {
        var texts = new SharedTexts(power: 0);
        var before = Get(texts, "copilot_chat", Behind.Length);
        Get(texts, "claude_code", Behind.Length);
        var shared = Get(texts, "claude_code", Behind.Length);
        Get(texts, "claude_code", Behind.Length).ShouldBeSameAs(shared);
        Get(texts, "copilot_chat", Behind.Length).ShouldNotBeSameAs(before);
    }

    [Fact]
    public async Task Many_threads_at_once_get_what_they_ask_for()
    {
        var texts = new SharedTexts(power: 1);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            var random = new Random(thread);
            for (var i = 0; i < 50_000; i++)
            {
                var text = $"text-{random.Next(6)}{new string('y', random.Next(3) * 20)}";
                Get(texts, text, Behind.Length).ShouldBe(text);
            }
        })));
    }

    private static string Get(SharedTexts texts, string text, int behind)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return texts.Get([.. bytes, .. Behind[..behind]], bytes.Length, out _);
    }

    /// <summary>A few texts in any order, so that the same ones meet in one place again and again.</summary>
    private static Gen<string[]> Asked() =>
        from texts in Gen.OneOf(Texts.Any(8), Texts.Any(40), Gen.Choose(0, 70).Select(length => new string('a', length)), Gen.Elements("", "\0", "\0\0", "a\0")).ArrayOf(4)
        from asked in Gen.Elements(texts).ArrayOf(24)
        select asked;
}
