using FsCheck;
using FsCheck.Fluent;
using Ingest.Domain.Identity;

namespace Ingest.Domain.Tests.Identity;

public sealed class EnrolmentCodeTests
{
    [Fact]
    public void A_code_is_a_hundred_random_bits_in_groups_that_can_be_read_out()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var counts = new Dictionary<char, int>();
        for (var made = 0; made < 5_000; made++)
        {
            var text = EnrolmentCode.Generate().Text;
            text.ShouldMatch("^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){3}$");
            seen.Add(text).ShouldBeTrue();
            foreach (var character in text.Where(character => character != '-')) counts[character] = counts.GetValueOrDefault(character) + 1;
        }

        // Six standard deviations of 100 000 characters of 32 kinds.
        counts.Count.ShouldBe(32);
        foreach (var (character, count) in counts) Math.Abs(count - 3125).ShouldBeLessThan(6 * 56, character.ToString());
    }

    [Fact]
    public void However_a_code_is_typed_it_is_the_same_code() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).ToArbitrary(),
        seed =>
        {
            var code = EnrolmentCode.Generate();
            var random = new Random(seed);
            var typed = string.Concat(code.Text.Select(character => Typed(character, random)));
            return EnrolmentCode.TryParse(typed, out var read) && read.Text == code.Text && read.Hash().AsSpan().SequenceEqual(code.Hash());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void One_other_character_is_another_code_or_none() => Prop.ForAll(
        Gen.Choose(0, 22).ToArbitrary(), Gen.Choose(' ', '~').ToArbitrary(),
        (at, with) =>
        {
            var code = EnrolmentCode.Generate();
            var changed = code.Text.ToCharArray();
            changed[at] = (char)with;
            return !EnrolmentCode.TryParse(new string(changed), out var read) || read.Text == code.Text || !read.Hash().AsSpan().SequenceEqual(code.Hash());
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("K7QXM-2R9DA-08WTB-VHS4")]
    [InlineData("K7QXM-2R9DA-08WTB-VHS4EE")]
    [InlineData("K7QXM-2R9DA-08WTB-VHS4U")]
    [InlineData("K7QXM_2R9DA_08WTB_VHS4E")]
    [InlineData("K7QXM-2R9DA-08WTB-VHS4\u0660")]
    public void What_is_no_code_is_none(string? text) => EnrolmentCode.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void A_hundred_characters_are_enough_to_type_one_and_no_more_are_read() =>
        EnrolmentCode.TryParse("K7QXM2R9DA08WTBVHS4E" + new string(' ', 81), out _).ShouldBeFalse();

    [Theory]
    [InlineData("/v1/enroll/K7QXM-2R9DA-08WTB-VHS4E", "/v1/enroll/K7QXM…")]
    [InlineData("/v1/enroll/k7qxm2r9da08wtbvhs4e/x", "/v1/enroll/k7qxm…/x")]
    [InlineData("K7QXM 2R9DA 08WTB VHS4E and K7QXM-2R9DA-08WTB-VHS4E", "K7QXM… and K7QXM…")]
    [InlineData("/v1/enrolments/0196d2b0-1c2d-7a41-8f3e-2b9d6c1e7a10", "/v1/enrolments/0196d2b0-1c2d-7a41-8f3e-2b9d6c1e7a10")]
    [InlineData("/v1/ingest/status", "/v1/ingest/status")]
    public void Of_a_code_in_another_text_the_first_group_is_left(string text, string shown) => SecretTexts.Hide(text).ShouldBe(shown);

    [Fact]
    public void No_text_of_the_object_gives_the_code_away()
    {
        var code = EnrolmentCode.Generate();
        $"{code}".ShouldBe(code.Text[..5] + "…");
    }

    /// <summary>As a person may write it down.</summary>
    private static string Typed(char character, Random random) => character switch
    {
        '-' => new[] { "", "-", " ", " - " }[random.Next(4)],
        '0' => new[] { "0", "o", "O" }[random.Next(3)],
        '1' => new[] { "1", "i", "I", "l", "L" }[random.Next(5)],
        _ => (random.Next(2) == 0 ? char.ToLowerInvariant(character) : character).ToString(),
    };
}
