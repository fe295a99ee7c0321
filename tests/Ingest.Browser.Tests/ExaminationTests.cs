namespace Ingest.Browser.Tests;

/// <summary>What examines pages finds something where there is something.</summary>
public sealed class ExaminationTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    [Fact]
    public async Task Grey_on_grey_and_a_field_without_a_name_are_found()
    {
        await using var page = await browser.OpenAsync();
        await page.GoToAsync("/sign-in");
        await page.Page.EvaluateAsync("document.querySelector('h1').style.color = '#ddd'; document.querySelector('label').remove()");
        var found = await Accessibility.ExamineAsync(page.Page);
        found.ShouldContain(one => one.Contains("color-contrast", StringComparison.Ordinal));
        found.ShouldContain(one => one.Contains("label", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_the_policy_of_a_page_forbids_is_told()
    {
        await using var page = await browser.OpenAsync();
        await page.GoToAsync("/sign-in");
        await page.Page.EvaluateAsync("document.body.append(Object.assign(document.createElement('img'), { src: 'https://evil.invalid/pixel.png' }))");
        await Eventually.TrueAsync(() => Task.FromResult(page.Complaints.Any(one => one.Contains("content security policy: img-src", StringComparison.Ordinal))), "the browser complains");
    }
}
