using Microsoft.Playwright;

namespace Ingest.Browser.Tests;

/// <summary>One Chromium for all tests, which each have windows of their own in it. It is the system's; none is downloaded.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Why there is no browser to test with.</summary>
    private string? _missing;

    public async ValueTask InitializeAsync()
    {
        var program = Array.Find(Places, File.Exists);
        _missing = program is null ? $"There is no Chromium: {string.Join(", ", Places)}."
            : File.Exists(Accessibility.ScriptPath) ? null : "axe is not installed: npm ci in tests/browser.";
        if (_missing is not null) return;

        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = program,
            Headless = true,
            Args =
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            ],
        });
    }

    /// <summary>Skips the test where there is no browser; in a continuous build there has to be one.</summary>
    public IBrowser Require()
    {
        if (_browser is not null) return _browser;
        if (Environment.GetEnvironmentVariable("CI") == "true") throw new InvalidOperationException(_missing);
        Assert.Skip(_missing!);
        return null!;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
