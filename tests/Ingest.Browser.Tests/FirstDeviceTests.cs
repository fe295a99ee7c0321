using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ingest.Domain.Identity;
using Ingest.Persistence.Keys;
using Ingest.Persistence.Workspaces;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Identity;
using Ingest.Testing.Service;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Ingest.Browser.Tests;

/// <summary>A new server's first page leads to the first envelope, and shows when it is there.</summary>
public sealed partial class FirstDeviceTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    [Fact]
    public async Task The_first_page_makes_a_code_and_turns_green_when_the_first_envelope_arrives()
    {
        var services = browser.Service.Services;
        await services.GetRequiredService<WorkspaceStore>().CreateAsync(Actor.Operator, "Mobile team", "ws_new");
        var key = (await services.GetRequiredService<KeyStore>().CreateKeyAsync("ws_new", UserRole.Owner, "ada")).Key;
        foreach (var look in Look.All)
        {
            await using var first = await browser.SignedInAsync(key, look);
            await first.ShouldBeSoundAsync("first-page");
        }

        await using var waiting = await browser.SignedInAsync(key);
        await using var page = await browser.SignedInAsync(key);
        await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Make an enrolment code" }).ClickAsync();
        var line = await page.Page.GetByLabel("The line to run").InnerTextAsync();
        line.ShouldContain($"{browser.Service.Address.GetLeftPart(UriPartial.Authority)}/v1/enroll");
        await page.ShouldBeSoundAsync("connect-code");

        var state = page.Page.GetByRole(AriaRole.Status);
        (await state.InnerTextAsync()).ShouldContain("Waiting");
        var (client, workspace, device) = await EnrollAsync(Code().Match(line).Value);
        await Assertions.Expect(state).ToContainTextAsync("Enrolled");
        await page.TakePictureAsync("connect-enrolled");

        await PostAsync(client, workspace, device);
        await Assertions.Expect(state).ToContainTextAsync("Connected");
        await page.ShouldBeSoundAsync("connect-done");

        // Whoever has left the first page open sees the fleet come by itself.
        await Assertions.Expect(waiting.Page).ToHaveTitleAsync(new Regex("^Sync health", RegexOptions.None, TimeSpan.FromSeconds(1)));
        waiting.ShouldHaveNoComplaints("waiting");
    }

    [Fact]
    public async Task Without_script_a_link_leads_to_where_it_turns_green()
    {
        await using var page = await browser.OpenAsync(Look.Phone, withScript: false);
        await page.SignInAsync(IngestService.Key);
        await page.GoToAsync("/connect");
        await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Make an enrolment code" }).ClickAsync();
        var line = await page.Page.GetByLabel("The line to run").InnerTextAsync();
        await page.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "See whether it has arrived" }).ClickAsync();
        (await page.Page.Locator("meta[http-equiv=refresh]").CountAsync()).ShouldBe(1);

        var (client, workspace, device) = await EnrollAsync(Code().Match(line).Value);
        await PostAsync(client, workspace, device);
        await page.Page.ReloadAsync();
        (await page.Page.GetByRole(AriaRole.Status).InnerTextAsync()).ShouldContain("Connected");
        (await page.Page.Locator("meta[http-equiv=refresh]").CountAsync()).ShouldBe(0, "it is done");
    }

    private async Task<(HttpClient Client, string WorkspaceId, string DeviceId)> EnrollAsync(string code)
    {
        using var stranger = browser.Service.ClientWithoutKey();
        using var answer = await stranger.PostAsJsonAsync("/v1/enroll", new { code });
        answer.EnsureSuccessStatusCode();
        var redeemed = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        return (browser.Service.ClientWith((string)redeemed["key"]!), (string)redeemed["workspace_id"]!, (string)redeemed["device_id"]!);
    }

    private static async Task PostAsync(HttpClient client, string workspace, string device)
    {
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        var envelope = EnvelopeBuilder.For(workspace).Device(device).SyncedAt(TimeProvider.System.GetUtcNow()).Rollup(today);
        using var content = new StringContent(envelope.ToJson(), System.Text.Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri("/v1/ingest", UriKind.Relative), content);
        answer.EnsureSuccessStatusCode();
        client.Dispose();
    }

    [GeneratedRegex("[0-9A-Z]{5}(-[0-9A-Z]{5}){3}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Code();
}
