using Ingest.Testing.Postgres;
using Ingest.Testing.Service;
using Microsoft.Playwright;

namespace Ingest.Browser.Tests;

/// <summary>The whole service on a database of its own, and a browser in front of it, for the tests of one class.</summary>
public sealed class BrowserFixture(Chromium chromium) : IAsyncLifetime
{
    public TestDatabase Database { get; private set; } = null!;

    public IngestService Service { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await TestDatabase.CreateAsync();
        Service = await IngestService.StartAsync(Database);
    }

    /// <summary>A new window, with nobody signed in.</summary>
    /// <param name="look">How it is looked at; left out, light and wide.</param>
    /// <param name="withScript">Whether it runs scripts.</param>
    public async Task<BrowserPage> OpenAsync(Look? look = null, bool withScript = true)
    {
        look ??= Look.Light;
        var context = await chromium.Require().NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Service.Address.ToString(),
            ColorScheme = look.Colours,
            ViewportSize = new ViewportSize { Width = look.Width, Height = look.Height },
            JavaScriptEnabled = withScript,
            ReducedMotion = ReducedMotion.Reduce,
            TimezoneId = "UTC",
        });
        return await BrowserPage.OfAsync(context, look);
    }

    /// <summary>A new window of somebody who signed in with this key, at the first page.</summary>
    public async Task<BrowserPage> SignedInAsync(string key, Look? look = null, bool withScript = true)
    {
        var page = await OpenAsync(look, withScript);
        await page.SignInAsync(key);
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        if (Service is not null) await Service.DisposeAsync();
        if (Database is not null) await Database.DisposeAsync();
    }
}
