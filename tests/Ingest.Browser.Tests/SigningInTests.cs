using Ingest.Domain.Identity;
using Ingest.Persistence.Members;
using Ingest.Persistence.Pages;
using Ingest.Testing;
using Ingest.Testing.Service;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Ingest.Browser.Tests;

/// <summary>People come in, and leave, with nothing but what a browser has.</summary>
public sealed class SigningInTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_that_is_typed_by_keyboard_alone_opens_the_page_that_was_asked_for()
    {
        await using var page = await browser.OpenAsync();
        await page.GoToAsync("/usage");

        // The field takes the focus by itself, once the page is there: what is typed before goes nowhere.
        await Eventually.TrueAsync(() => page.Page.EvaluateAsync<bool>("document.activeElement.id === 'key'"), "the field has the focus");
        await page.Page.Keyboard.TypeAsync(IngestService.Key);
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Page.WaitForURLAsync("**/usage");
        page.ShouldHaveNoComplaints("signing in");

        await page.Page.Keyboard.PressAsync("Tab");
        await page.Page.Keyboard.PressAsync("Enter");
        (await page.Page.EvaluateAsync<string>("document.activeElement.id")).ShouldBe("main", "the first key skips to the content");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_signs_in_and_out_needs_no_script(bool withScript)
    {
        await using var page = await browser.SignedInAsync(IngestService.Key, withScript: withScript);
        (await page.Page.TitleAsync()).ShouldEndWith("· ws_local · Ingest");
        await page.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Usage" }).ClickAsync();
        await page.Page.WaitForURLAsync("**/usage");
        await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Sign out" }).ClickAsync();
        await page.Page.WaitForURLAsync("**/sign-in");
        await page.GoToAsync("/usage");
        page.Page.Url.ShouldEndWith("/sign-in?return=%2Fusage");
        page.ShouldHaveNoComplaints("signing out");
    }

    [Fact]
    public async Task A_wrong_key_is_told_so_beside_its_field()
    {
        await using var page = await browser.OpenAsync(Look.Phone);
        await page.GoToAsync("/sign-in");
        await page.Page.GetByLabel("Your key").FillAsync("budi_nobody-ever-made-this-key");
        await page.Page.Keyboard.PressAsync("Enter");
        var told = page.Page.GetByRole(AriaRole.Alert);
        (await told.InnerTextAsync()).ShouldContain("not known here");

        // The browser itself tells its console of an answer that is an error.
        page.Forgive();
        await page.ShouldBeSoundAsync("sign-in-refused");
    }

    [Fact]
    public async Task A_link_signs_in_by_its_button()
    {
        var services = browser.Service.Services;
        var person = await services.GetRequiredService<MemberStore>().AddAsync(Actor.Operator, IngestService.WorkspaceId, "lena", UserRole.Viewer, Cancellation);
        var link = await services.GetRequiredService<SignInLinkStore>().CreateAsOperatorAsync(IngestService.WorkspaceId, person.UserId, Cancellation);
        await using var page = await browser.OpenAsync();
        await page.GoToAsync("/sign-in/link?token=" + link.Token);
        await page.ShouldBeSoundAsync("sign-in-link");
        await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Sign in" }).ClickAsync();
        (await page.Page.GetByText("lena, viewer").IsVisibleAsync()).ShouldBeTrue();
        page.ShouldHaveNoComplaints("signing in by a link");
    }

    [Fact]
    public async Task Every_page_is_sound_in_the_light_in_the_dark_and_on_a_phone()
    {
        foreach (var look in Look.All)
        {
            await using var page = await browser.OpenAsync(look);
            await page.GoToAsync("/sign-in");
            await page.ShouldBeSoundAsync("sign-in");
            await page.GoToAsync("/nowhere");
            page.Forgive();
            await page.ShouldBeSoundAsync("nowhere");
            await page.SignInAsync(IngestService.Key);
            foreach (var (path, name) in new[] { ("/", "sync-health"), ("/usage", "usage") })
            {
                await page.GoToAsync(path);
                await page.ShouldBeSoundAsync(name);
            }
        }
    }
}
