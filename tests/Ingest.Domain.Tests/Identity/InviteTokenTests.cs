using Ingest.Domain.Identity;

namespace Ingest.Domain.Tests.Identity;

public sealed class InviteTokenTests
{
    [Fact]
    public void A_token_is_32_random_bytes_and_parses_again()
    {
        var token = InviteToken.Generate();
        token.Text.ShouldMatch("^invite_[A-Za-z0-9_-]{43}$");
        InviteToken.TryParse($" {token.Text}\n", out var parsed).ShouldBeTrue();
        parsed.Hash().ShouldBe(token.Hash());
        InviteToken.Generate().Hash().ShouldNotBe(token.Hash());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("invite_")]
    [InlineData("invite_2kNq0kXv3mB8dJrW5cYtH7sZ1aLfG9uEoPiQxVnT4R")]
    [InlineData("INVITE_2kNq0kXv3mB8dJrW5cYtH7sZ1aLfG9uEoPiQxVnT4Rw")]
    [InlineData("budi_2kNq0kXv3mB8dJrW5cYtH7sZ1aLfG9uEoPiQxVnT4Rw")]
    public void What_is_no_token_is_none(string? text) => InviteToken.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Of_a_token_in_another_text_the_beginning_is_left()
    {
        var token = InviteToken.Generate();
        SecretTexts.Hide($"/v1/invites/{token.Text}").ShouldBe($"/v1/invites/{token.Text[..11]}…");
        $"{token}".ShouldBe(token.Text[..11] + "…");
        SecretTexts.Hide("/v1/invites/0196d2b0-1c2d-7a41-8f3e-2b9d6c1e7a10").ShouldBe("/v1/invites/0196d2b0-1c2d-7a41-8f3e-2b9d6c1e7a10");
    }
}
