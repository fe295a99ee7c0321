using Ingest.Domain.Identity;

namespace Ingest.Domain.Tests.Identity;

public sealed class PageTokenTests
{
    [Fact]
    public void A_token_is_32_random_bytes_and_parses_again()
    {
        var token = PageToken.Generate();
        token.Text.ShouldMatch("^page_[A-Za-z0-9_-]{43}$");
        PageToken.TryParse(token.Text, out var parsed).ShouldBeTrue();
        parsed.Hash().ShouldBe(token.Hash());
        PageToken.Generate().Hash().ShouldNotBe(token.Hash());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("page_")]
    [InlineData("page_2kNq0kXv3mB8dJrW5cYtH7sZ1aLfG9uEoPiQxVnT4R")]
    [InlineData("PAGE_2kNq0kXv3mB8dJrW5cYtH7sZ1aLfG9uEoPiQxVnT4Rw")]
    [InlineData("budi_2kNq0kXv3mB8dJrW5cYtH7sZ1aLfG9uEoPiQxVnT4Rw")]
    public void What_is_no_token_is_none(string? text) => PageToken.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Of_a_token_in_another_text_the_beginning_is_left()
    {
        var token = PageToken.Generate();
        SecretTexts.Hide($"/sign-in/{token.Text}").ShouldBe($"/sign-in/{token.Text[..9]}…");
        $"{token}".ShouldBe(token.Text[..9] + "…");
        SecretTexts.Hide("/sign-in/0196d2b0-1c2d-7a41-8f3e-2b9d6c1e7a10").ShouldBe("/sign-in/0196d2b0-1c2d-7a41-8f3e-2b9d6c1e7a10");
    }

    [Fact]
    public void A_form_proves_whose_it_is_and_does_not_lead_to_the_token()
    {
        var (own, other) = (PageToken.Generate(), PageToken.Generate());
        own.Proves(own.FormProof()).ShouldBeTrue();
        foreach (var wrong in new[] { null, "", "ä", own.Text, other.FormProof(), own.FormProof() + "A", Convert.ToHexString(own.Hash()) }) own.Proves(wrong).ShouldBeFalse(wrong);
        own.FormProof().ShouldNotContain(own.Text[5..]);
    }
}
