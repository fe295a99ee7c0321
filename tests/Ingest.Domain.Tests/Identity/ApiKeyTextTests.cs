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
