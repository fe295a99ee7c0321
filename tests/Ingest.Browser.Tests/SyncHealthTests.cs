using Ingest.Testing.Envelopes;
using Ingest.Testing.Service;
using Microsoft.Playwright;

namespace Ingest.Browser.Tests;

/// <summary>Somebody finds the device that keeps the data from being complete, and what to do about it.</summary>
public sealed class SyncHealthTests(BrowserFixture browser) : IClassFixture<BrowserFixture>, IAsyncLifetime
{
    private const string Failing = "build-runner-in-the-cellar-with-a-name-that-is-far-too-long-for-any-phone";

    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private static readonly DateOnly Today = DateOnly.FromDateTime(Now.UtcDateTime);

    /// <summary>A fleet with most of what can be the matter.</summary>
    public async ValueTask InitializeAsync()
    {
        if ((await browser.Service.QueryAsync<long>("SELECT count(*) FROM devices"))[0] > 0) return;
        for (var i = 1; i <= 8; i++) await SendAsync($"laptop-{i}");
        await SendAsync(Failing);
        using var refused = await PostAsync(Envelope(Failing).Rollup(Today).Field("schema_version", "9"));
        ((int)refused.StatusCode).ShouldBe(422);
        await SendAsync("quarantined", envelope => envelope.RawRollup($$"""{"bucket_day": "{{Today.AddDays(-4):yyyy-MM-dd}}", "role": "x", "message_count": -1}"""));
        await SendAsync("paused");
        await browser.Service.ExecuteAsync(
            $"""
            UPDATE devices SET standing = 'paused', standing_reason = 'In repair', standing_since = now() WHERE device_id = 'paused';
            UPDATE device_days SET changed_after_close_at = now(), shrunk_at = now() WHERE device_id = '{Failing}' AND bucket_day = '{Today.AddDays(-6):yyyy-MM-dd}';
            INSERT INTO day_versions VALUES ('{IngestService.WorkspaceId}', '{Failing}', '{Today.AddDays(-6):yyyy-MM-dd}', now(), gen_random_uuid(), ARRAY['shrank', 'ghosted'],
              gen_random_uuid(), gen_random_uuid(), now(), 2, 490, 5000, 4000, 3000, 2000, 12345670, 12300000, 1, 42, 5, 4, 3, 2, 1, 0, '[]');
            INSERT INTO device_rewinds VALUES ('{IngestService.WorkspaceId}', '{Failing}', now() - interval '1 day', '{Today.AddDays(-35):yyyy-MM-dd}', 'look_back', false, now(), 'obeyed');
            """);
        await Eventually.TrueAsync(
            async () => (await browser.Service.QueryAsync<long>("SELECT count(*) FROM device_contacts WHERE failing_since IS NOT NULL"))[0] == 1, "the refusal is written");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_failing_device_is_the_first_one_and_its_page_begins_with_what_to_do(bool withScript)
    {
        await using var page = await browser.SignedInAsync(IngestService.Key, withScript: withScript);
        (await page.Page.GetByText("All 11 devices are complete through").CountAsync()).ShouldBe(1);
        var first = page.Page.GetByRole(AriaRole.Row).Nth(1);
        (await first.InnerTextAsync()).ShouldContain("unsupported_schema_version");
        await first.GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = Failing }).ClickAsync();
        await page.Page.WaitForURLAsync("**/devices/" + Failing);
        (await page.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Level = 1 }).InnerTextAsync()).ShouldBe(Failing);
        var advice = page.Page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "What is wrong, and what to do" });
        (await advice.InnerTextAsync()).ShouldContain("Update the server: it has to know the version that the answer names.");
        (await advice.GetByText("budi cloud reset").CountAsync()).ShouldBe(1, "a day of it shrank");
        (await advice.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Copy" }).CountAsync()).ShouldBe(withScript ? 2 : 0);
        page.ShouldHaveNoComplaints("finding the failing device");
    }

    [Fact]
    public async Task Counts_and_the_search_narrow_the_list_without_script()
    {
        await using var page = await browser.SignedInAsync(IngestService.Key, Look.Phone, withScript: false);
        await page.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Healthy" }).ClickAsync();
        await page.Page.WaitForURLAsync("**/?state=healthy");
        await page.Page.GetByLabel("Find a device").FillAsync("LAPTOP-3");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Page.WaitForURLAsync("**/?state=healthy&q=LAPTOP-3*");
        (await page.Page.GetByRole(AriaRole.Rowheader).AllInnerTextsAsync()).ShouldHaveSingleItem().ShouldContain("laptop-3");
        page.ShouldHaveNoComplaints("searching");
    }

    [Fact]
    public async Task A_manager_pauses_a_device_and_lets_it_go_on_by_keyboard()
    {
        await using var page = await browser.SignedInAsync(IngestService.Key);
        await page.GoToAsync("/devices/laptop-1");
        await page.Page.GetByText("Pause it").FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Page.Keyboard.PressAsync("Tab");
        await page.Page.Keyboard.TypeAsync("On holiday");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Page.GetByText("Why: On holiday").WaitForAsync();
        await page.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Let it go on" }).ClickAsync();
        await page.Page.GetByText("All is well").WaitForAsync();
        page.ShouldHaveNoComplaints("pausing");
    }

    [Fact]
    public async Task Fleet_and_devices_are_sound_in_the_light_in_the_dark_and_on_a_phone()
    {
        foreach (var look in Look.All)
        {
            await using var page = await browser.SignedInAsync(IngestService.Key, look);
            foreach (var (path, name) in new[]
            {
                ("/", "fleet"), ("/?state=paused&q=paused", "fleet-paused"), ("/?q=nobody", "fleet-nobody"), ($"/devices/{Failing}", "device-failing"), ("/devices/quarantined", "device-quarantined"),
                ("/devices/paused", "device-paused"), ("/devices/laptop-2", "device-healthy"),
            })
            {
                await page.GoToAsync(path);
                await page.ShouldBeSoundAsync(name);
            }
        }
    }

    /// <summary>Some weeks of working days, from a device that is at its head.</summary>
    private async Task SendAsync(string label, Action<EnvelopeBuilder>? shape = null)
    {
        using var older = await PostAsync(Envelope(label, Now.AddDays(-30)).Rollup(Today.AddDays(-40)));
        var envelope = Envelope(label);
        for (var day = Today.AddDays(-38); day <= Today; day = day.AddDays(1))
        {
            if (day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) || day > Today.AddDays(-8)) envelope.Rollup(day);
        }

        shape?.Invoke(envelope);
        using var answer = await PostAsync(envelope);
        answer.EnsureSuccessStatusCode();
    }

    private async Task<HttpResponseMessage> PostAsync(EnvelopeBuilder envelope)
    {
        using var content = new StringContent(envelope.ToJson(), System.Text.Encoding.UTF8, "application/json");
        return await browser.Service.Client.PostAsync(new Uri("/v1/ingest", UriKind.Relative), content);
    }

    private static EnvelopeBuilder Envelope(string label, DateTimeOffset? at = null) =>
        EnvelopeBuilder.For(IngestService.WorkspaceId).Device(label).Label(label).SyncedAt(at ?? Now);
}
