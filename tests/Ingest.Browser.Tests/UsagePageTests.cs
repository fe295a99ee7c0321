using Ingest.Testing.Envelopes;
using Ingest.Testing.Service;
using Microsoft.Playwright;

namespace Ingest.Browser.Tests;

/// <summary>People find out what was used, and take it away, with nothing but what a browser has.</summary>
public sealed class UsagePageTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    private static readonly string[] Models = ["claude-opus-4-7", "claude-sonnet-4-6", "gpt-5.3-codex", "claude-haiku-4-5", "gemini-3-pro", "kimi-k3", "(untagged)"];
    private static readonly string[] Repos = ["github.com/acme/shop", "github.com/acme/warehouse", "github.com/acme/site", "(untagged)"];

    private static DateOnly Today => DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Usage_is_filtered_by_clicking_and_unfiltered_again(bool withScript)
    {
        await SeedAsync();
        await using var page = await browser.SignedInAsync(IngestService.Key, withScript: withScript);
        await page.GoToAsync("/usage");
        var table = page.Page.Locator(".usage-table");
        await table.GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = Models[0] }).ClickAsync();
        await page.Page.WaitForURLAsync("**/usage?by=repo&model=" + Models[0]);
        await table.GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = Repos[0] }).ClickAsync();
        await page.Page.WaitForURLAsync("**/usage?by=branch&model=*&repo_id=*");
        page.ShouldHaveNoComplaints("filtered");
        await page.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Remove filter Model " + Models[0] }).ClickAsync();
        await page.Page.WaitForURLAsync("**/usage?by=branch&repo_id=*");
        await page.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "7 days" }).ClickAsync();
        await page.Page.WaitForURLAsync($"**/usage?from={Today.AddDays(-6):yyyy-MM-dd}&to={Today.AddDays(1):yyyy-MM-dd}&by=branch&repo_id=*");

        await page.Page.GetByText("Dates and filters").ClickAsync();
        await page.Page.GetByLabel("Only of this").SelectOptionAsync("role");
        await page.Page.GetByLabel("Value").FillAsync("assistant");
        await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Add filter" }).ClickAsync();
        await page.Page.WaitForURLAsync("**&role=assistant");

        // A day is followed by its bar.
        await page.Page.Locator(".usage-days a").Nth(3).ClickAsync();
        await page.Page.WaitForURLAsync($"**/usage?from={Today.AddDays(-3):yyyy-MM-dd}&to={Today.AddDays(-2):yyyy-MM-dd}&**");
        page.ShouldHaveNoComplaints("a day");
    }

    [Fact]
    public async Task What_is_shown_is_downloaded()
    {
        await SeedAsync();
        await using var page = await browser.SignedInAsync(IngestService.Key);
        await page.GoToAsync("/usage?by=provider&top=1");
        var download = await page.Page.RunAndWaitForDownloadAsync(() => page.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Download CSV" }).ClickAsync());
        download.SuggestedFilename.ShouldBe($"usage-{Today.AddDays(-29):yyyy-MM-dd}-{Today:yyyy-MM-dd}.csv");
        var lines = await File.ReadAllLinesAsync((await download.PathAsync())!);
        lines[0].ShouldStartWith("line,provider,group_count,message_count");
        lines.Length.ShouldBe(3);
        page.ShouldHaveNoComplaints("downloading");
    }

    [Fact]
    public async Task Every_choice_is_reached_by_keyboard()
    {
        await SeedAsync();
        await using var page = await browser.SignedInAsync(IngestService.Key);
        await page.GoToAsync("/usage");
        await page.Page.GetByText("The same numbers as a table").FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        (await page.Page.Locator(".usage-numbers").IsVisibleAsync()).ShouldBeTrue();
        await page.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Tokens" }).First.FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Page.WaitForURLAsync("**/usage?sort=tokens");
        (await page.Page.EvaluateAsync<int>("[...document.querySelectorAll('.usage-days a')].filter(link => link.tabIndex >= 0).length")).ShouldBe(0, "no bar stops the tab key");
        page.ShouldHaveNoComplaints("by keyboard");
    }

    [Fact]
    public async Task Usage_is_sound_in_the_light_in_the_dark_and_on_a_phone()
    {
        await SeedAsync();
        foreach (var look in Look.All)
        {
            await using var page = await browser.SignedInAsync(IngestService.Key, look);
            foreach (var (path, name) in new[]
            {
                ("/usage", "usage"), ("/usage?by=day&sort=message_count", "usage-by-day"), ($"/usage?from={Today.AddDays(-2):yyyy-MM-dd}&to={Today.AddDays(-1):yyyy-MM-dd}&by=device", "usage-one-day"),
                ($"/usage?from={Today.AddDays(-399):yyyy-MM-dd}&to={Today.AddDays(1):yyyy-MM-dd}&by=repo&sort=tokens", "usage-400-days"), ("/usage?by=branch&top=5&model=gemini-3-pro&role=assistant", "usage-few"),
                ("/usage?model=none", "usage-nothing"), ("/usage/sessions?limit=12&model=claude-opus-4-7", "sessions"),
            })
            {
                await page.GoToAsync(path);
                await page.ShouldBeSoundAsync(name);
            }

            await page.GoToAsync("/usage");
            await page.Page.GetByText("The same numbers as a table").ClickAsync();
            await page.Page.GetByText("Dates and filters").ClickAsync();
            await page.ShouldBeSoundAsync("usage-open");
            await page.GoToAsync("/usage");
            await page.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Sessions" }).ClickAsync();
            await page.Page.Locator(".usage-table tbody a").First.ClickAsync();
            await page.Page.GetByText("How it went", new PageGetByTextOptions { Exact = true }).WaitForAsync();
            await page.ShouldBeSoundAsync("session");
            await page.GoToAsync("/usage?by=nothing");
            page.Forgive();
            await page.ShouldBeSoundAsync("usage-refused");
        }
    }

    /// <summary>A year of four devices, seen as weeks with ends.</summary>
    private async Task SeedAsync()
    {
        if ((await browser.Service.QueryAsync<long>("SELECT count(*) FROM devices"))[0] > 0) return;
        var dice = new Random(11);
        for (var device = 0; device < 4; device++)
        {
            for (var first = 0; first < 400; first += 40)
            {
                var envelope = EnvelopeBuilder.For(IngestService.WorkspaceId).Device($"6513270e-269e-4d37-b2a7-4de452e6b43{device}")
                    .Label(device == 3 ? null : $"{new[] { "ada", "bob", "cy" }[device]}-laptop").SyncedAt(TimeProvider.System.GetUtcNow().AddMinutes(-1));
                for (var at = first; at < first + 40; at++)
                {
                    var day = Today.AddDays(-at);
                    var busy = day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 1 : 4;
                    for (var row = 0; row < busy; row++)
                    {
                        var model = (int)(Models.Length * Math.Pow(dice.NextDouble(), 2.2));
                        envelope.Rollup(day, rollup => rollup
                            .Model(Models[model]).Provider(model is 2 ? "codex" : "claude_code").Repo(Repos[dice.Next(Repos.Length)]).Branch($"feature/{dice.Next(40)}-a-thing").Role("assistant")
                            .Surface(dice.Next(2) == 0 ? "vscode" : "terminal").Ticket(dice.Next(3) == 0 ? null : $"SHOP-{dice.Next(90)}").Messages(dice.Next(1, 90))
                            .Tokens(dice.Next(2_000_000), dice.Next(90_000), dice.Next(700_000), dice.Next(30_000_000)).Cost(effective: dice.Next(1, 22_000_000) / (10_000m * (model + 1)), ingested: dice.Next(1, 25_000_000) / (10_000m * (model + 1))));
                    }
                }

                for (var at = first; at < first + 20; at++)
                {
                    var began = TimeProvider.System.GetUtcNow().AddDays(-at).AddHours(-2);
                    var state = new[] { "green", "green", "yellow", "red", null }[dice.Next(5)];
                    envelope.Session($"session-{device}-{at}", session => session
                        .Title(dice.Next(4) == 0 ? null : $"Mend the basket of customers who come back, part {at}").Provider("claude_code").StartedAt(began).EndedAt(began.AddMinutes(dice.Next(90)))
                        .DurationMs(dice.Next(4_000_000)).Repo(Repos[dice.Next(3)]).Branch($"feature/{dice.Next(40)}-a-thing").Surface("vscode").PrimaryModel(Models[dice.Next(3)]).Messages(dice.Next(90))
                        .Tokens(dice.Next(2_000_000), dice.Next(90_000)).Cost(dice.Next(90_000) / 100m).Vital("overall", state).Vital("thrashing", state, 0.4m).Vital("context_drag", "green", 0.05m));
                }

                (await browser.Service.PostAsync(envelope)).Response.EnsureSuccessStatusCode();
            }
        }

        await browser.Service.ExecuteAsync($"UPDATE devices SET confirmed_day = '{Today.AddDays(-3):yyyy-MM-dd}', continues_after = NULL, rewind_from = NULL");
        await browser.Service.ExecuteAsync($"UPDATE devices SET confirmed_day = '{Today.AddDays(-6):yyyy-MM-dd}' WHERE label = 'cy-laptop'");
    }
}
