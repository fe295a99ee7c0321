using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Ingest.Browser.Tests;

/// <summary>One window, and all that the browser complains of in it.</summary>
public sealed class BrowserPage : IAsyncDisposable
{
    /// <summary>The folder for pictures of the pages; none are taken where it is not named.</summary>
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("INGEST_SCREENSHOTS");

    private const string TellViolations =
        "addEventListener('securitypolicyviolation', found => console.error('content security policy: ' + found.violatedDirective + ' ' + found.blockedURI + ' ' + found.sample))";

    private readonly IBrowserContext _context;
    private readonly Look _look;
    private readonly ConcurrentQueue<string> _complaints = new();

    private BrowserPage(IBrowserContext context, IPage page, Look look)
    {
        (_context, Page, _look) = (context, page, look);
        page.Console += (_, said) =>
        {
            if (said.Type is "error" or "warning") _complaints.Enqueue($"{said.Type}: {said.Text}");
        };
        page.PageError += (_, failure) => _complaints.Enqueue(failure);
        page.RequestFailed += (_, failed) => _complaints.Enqueue($"{failed.Url}: {failed.Failure}");
    }

    public IPage Page { get; }

    /// <summary>Errors and warnings of the console, failures of scripts, and what the page was not allowed to do.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    internal static async Task<BrowserPage> OfAsync(IBrowserContext context, Look look)
    {
        context.SetDefaultTimeout(30_000);
        await context.AddInitScriptAsync(TellViolations);
        return new BrowserPage(context, await context.NewPageAsync(), look);
    }

    public Task GoToAsync(string path) => Page.GotoAsync(path);

    public async Task SignInAsync(string key)
    {
        await Page.GotoAsync("/sign-in");
        await Page.GetByLabel("Your key").FillAsync(key);
        await Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Sign in" }).ClickAsync();
        await Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Sign out" }).WaitForAsync();
    }

    /// <summary>Nothing to complain of: for the browser, for axe, and for a narrow window, in which the page itself never scrolls sideways.</summary>
    /// <param name="picture">What a picture of it is called.</param>
    public async Task ShouldBeSoundAsync(string picture)
    {
        await TakePictureAsync(picture);
        var where = $"{picture}, {_look.Name}, {Page.Url}";
        (await Accessibility.ExamineAsync(Page)).ShouldBeEmpty(where);
        (await Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth")).ShouldBe(0, $"{where} scrolls sideways");
        ShouldHaveNoComplaints(where);
    }

    public void ShouldHaveNoComplaints(string where) => _complaints.ShouldBeEmpty(where);

    /// <summary>For a test that causes one itself, such as a refusal.</summary>
    public void Forgive() => _complaints.Clear();

    /// <param name="name">What it is called, before how it is looked at.</param>
    public async Task TakePictureAsync(string name)
    {
        if (Pictures is null) return;
        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Pictures, $"{name}-{_look.Name}.png"), FullPage = true });
    }

    public ValueTask DisposeAsync() => _context.DisposeAsync();
}
