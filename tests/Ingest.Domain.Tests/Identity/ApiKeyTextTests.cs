using System.Buffers.Text;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Ingest.Domain.Identity;

namespace Ingest.Domain.Tests.Identity;

public sealed class ApiKeyTextTests
{
    [Fact]
    public void A_generated_key_is_the_scheme_and_32_random_bytes_and_parses_again()
    {
        var key = ApiKeyText.Generate();

        key.Text.ShouldMatch("^budi_[A-Za-z0-9_-]{43}$");
        ApiKeyText.TryParse(key.Text, out var parsed).ShouldBeTrue();
        parsed.Text.ShouldBe(key.Text);
        ApiKeyText.Generate().Text.ShouldNotBe(key.Text, StringComparer.Ordinal);
    }

    [Fact]
    public void Every_one_of_the_256_bits_of_a_key_is_as_often_set_as_not_whatever_the_others_are()
    {
        const int Keys = 20_000, Bits = 256;
        var (set, equal, seen) = (new int[Bits], new int[Bits], new HashSet<string>(StringComparer.Ordinal));
        for (var made = 0; made < Keys; made++)
        {
            var key = ApiKeyText.Generate();
            seen.Add(key.Text).ShouldBeTrue();
            var bytes = Base64Url.DecodeFromChars(key.Text.AsSpan(ApiKeyText.Scheme.Length));
            bytes.Length.ShouldBe(Bits / 8);
            for (var bit = 0; bit < Bits; bit++)
            {
                if (Bit(bytes, bit)) set[bit]++;
                if (Bit(bytes, bit) == Bit(bytes, (bit + 1) % Bits)) equal[bit]++;
            }
        }

        // Six standard deviations: of 512 counts one is further off once in a million runs.
        var off = 6 * Math.Sqrt(Keys) / 2;
        foreach (var count in set.Concat(equal)) Math.Abs(count - (Keys / 2.0)).ShouldBeLessThan(off);

        static bool Bit(byte[] bytes, int bit) => ((bytes[bit / 8] >> (bit % 8)) & 1) != 0;
    }

    [Fact]
    public void Keys_come_from_the_generator_of_the_system_that_nobody_can_foresee()
    {
        const byte Call = 0x28;
        var generate = typeof(ApiKeyText).GetMethod(nameof(ApiKeyText.Generate))!;
        var code = generate.GetMethodBody()!.GetILAsByteArray()!;
        var called = new List<MethodBase>();
        for (var at = 0; at + 4 < code.Length; at++)
        {
            if (code[at] == Call) called.Add(generate.Module.ResolveMethod(BitConverter.ToInt32(code, at + 1))!);
        }

        called.ShouldContain(method => method.DeclaringType == typeof(RandomNumberGenerator) && method.Name == nameof(RandomNumberGenerator.GetBytes));
        called.ShouldNotContain(method => method.DeclaringType == typeof(Random) || method.DeclaringType == typeof(Guid));
    }

    [Theory]
    [InlineData("/v1/whoami", "/v1/whoami")]
    [InlineData("budi_", "budi_")]
    [InlineData("/budi_12345678", "/budi_12345678")]
    [InlineData("/v1/budi_12345678secret/x", "/v1/budi_12345678…")]
    public void Of_a_key_in_another_text_the_prefix_is_left(string text, string shown) => ApiKeyText.Hide(text).ShouldBe(shown);

    [Theory]
    [InlineData("budi_12345")]
    [InlineData("budi_AbC-_.~!with-every-printable{}|sign")]
    public void What_can_be_a_key_is_parsed(string text) => ApiKeyText.TryParse(text, out _).ShouldBeTrue();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("budi_1234")]
    [InlineData("BUDI_1234567890")]
    [InlineData("bud_i1234567890")]
    [InlineData("sk-ant-1234567890")]
    [InlineData(" budi_1234567890")]
    [InlineData("budi_12345 67890")]
    [InlineData("budi_1234567890\n")]
    [InlineData("budi_12345\u000067890")]
    [InlineData("budi_12345\u007f67890")]
    [InlineData("budi_12345é7890")]
    public void What_cannot_be_a_key_is_malformed(string? text)
    {
        ApiKeyText.TryParse(text, out var key).ShouldBeFalse();
        key.ShouldBeNull();
    }

    [Fact]
    public void The_longest_key_parses_and_hashes_and_a_longer_one_is_malformed()
    {
        var longest = "budi_".PadRight(ApiKeyText.MaximumLength, 'x');

        ApiKeyText.TryParse(longest, out var key).ShouldBeTrue();
        key.Hash().ShouldBe(SHA256.HashData(Encoding.UTF8.GetBytes(longest)));
        ApiKeyText.TryParse(longest + "x", out _).ShouldBeFalse();
    }

    [Fact]
    public void The_hash_is_the_sha256_of_the_text()
    {
        ApiKeyText.TryParse("budi_abcdefghij", out var key).ShouldBeTrue();

        key.Hash().ShouldBe(SHA256.HashData(Encoding.UTF8.GetBytes("budi_abcdefghij")));
    }

    [Fact]
    public void Only_the_prefix_shows_when_a_key_is_printed()
    {
        var key = ApiKeyText.Generate();

        key.Prefix.ShouldBe(key.Text[..13]);
        $"{key}".ShouldBe(key.Prefix + "…");
    }
}
