using Ingest.Domain.Identity;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Pages;

/// <summary>The first page: who keeps the data from being complete, worst first.</summary>
public sealed class FleetPageTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = ServiceFixture.Start.AddHours(30);
    private static readonly DateOnly Closed = ServiceFixture.Today.AddDays(-2);

    /// <summary>Of this class alone, test by test: the first page shows all there is.</summary>
    private readonly ServiceFixture _fixture = new();

    private IngestService Service => _fixture.Service;

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_failing_device_of_a_fleet_stands_on_top_with_the_reason_and_counts_lead_to_the_devices_they_count()
    {
        await SendAsync("quiet", ServiceFixture.Start);
        _fixture.Time.Set(Now);
        foreach (var label in new[] { "well-1", "well-2", "broken", "aside" }) await SendAsync(label, Now);
        (await Service.PostAsync(Known("broken", Now).Field("schema_version", "9"))).ShouldBeRefused(422, "unsupported_schema_version");
        (await Service.PostAsync(Known("aside", Now).RawRollup($$"""{"bucket_day": "{{Closed:yyyy-MM-dd}}", "role": "x", "message_count": -1}"""))).ShouldBeStored();
        using var visitor = await Visitor.SignedInAsync(Service, IngestService.Key);

        var html = await visitor.PageAsync("/");
        HealthPages.DevicesOf(html).ShouldBe(["broken", "quiet", "aside", "well-1", "well-2"], "the one with rows aside before those with nothing");
        var text = HealthPages.TextOf(html);
        text.ShouldContain("4 of 5 devices are complete through 13 May 2026.");
        text.ShouldContain("One holds the rest back.");
        text.ShouldContain("All 5 Failing 1 Late 1 Healthy 3");
        text.ShouldContain("the last answer was 422 unsupported_schema_version: Unsupported schema_version: 9.");
        text.ShouldContain("1 row in quarantine");
        html.ShouldContain("aria-label=\"Last 21 days: ");

        HealthPages.DevicesOf(await visitor.PageAsync("/?state=failing")).ShouldBe(["broken"]);
        var well = await visitor.PageAsync("/?state=healthy&q=WELL");
        HealthPages.DevicesOf(well).ShouldBe(["well-1", "well-2"]);
        HealthPages.TextOf(well).ShouldContain("All 5 Failing 1 Late 1 Healthy 3", Case.Sensitive, "counts are of all, whatever is shown");
        well.ShouldContain("/?state=late&amp;q=WELL", Case.Sensitive, "a count keeps what else was chosen");
        HealthPages.TextOf(await visitor.PageAsync("/?q=nobody")).ShouldContain("No device is like that.");
        HealthPages.DevicesOf(await visitor.PageAsync("/?page=2")).ShouldBeEmpty();
        await visitor.PageAsync("/?state=ill", 400);
        await visitor.PageAsync("/?owner=ada", 400);
    }

    [Fact]
    public async Task What_devices_and_people_call_themselves_is_text()
    {
        const string Script = "<script>alert('x')</script>";
        using var member = await _fixture.ClientAsync("<b>bob</b>");
        (await member.PostEnvelopeAsync(ServiceFixture.Envelope("evil").Label(Script).Rollup(Closed))).ShouldBeStored();
        using var visitor = await Visitor.SignedInAsync(Service, IngestService.Key);
        foreach (var path in new[] { "/", $"/?q={Uri.EscapeDataString(Script)}", "/devices/evil" })
        {
            var html = await visitor.PageAsync(path);
            HealthPages.TextOf(html).ShouldContain(Script, Case.Sensitive, path);
            html.ShouldNotContain(Script, Case.Sensitive, path);
            html.ShouldNotContain("<b>bob", Case.Sensitive, path);
        }
    }

    [Fact]
    public async Task Members_see_and_count_their_own_devices_and_another_workspace_sees_none()
    {
        using var bob = await _fixture.ClientAsync("bob");
        (await bob.PostEnvelopeAsync(ServiceFixture.Envelope("dev-bob").Label("of bob").Rollup(Closed))).ShouldBeStored();
        await SendAsync("of somebody else", ServiceFixture.Start);
        using var visitor = await Visitor.SignedInAsync(Service, bob.DefaultRequestHeaders.Authorization!.Parameter!);
        var html = await visitor.PageAsync("/");
        HealthPages.DevicesOf(html).ShouldBe(["of bob"]);
        HealthPages.TextOf(html).ShouldContain("All 1");
        html.ShouldNotContain("somebody else");
        HealthPages.DevicesOf(await visitor.PageAsync("/?q=somebody")).ShouldBeEmpty();

        using var stranger = await _fixture.ClientAsync("eve", UserRole.Manager, "ws_other");
        (await stranger.PostEnvelopeAsync(EnvelopeBuilder.For("ws_other").Device("dev-eve").Label("of eve").Rollup(Closed))).ShouldBeStored();
        using var eve = await Visitor.SignedInAsync(Service, stranger.DefaultRequestHeaders.Authorization!.Parameter!);
        HealthPages.DevicesOf(await eve.PageAsync("/")).ShouldBe(["of eve"]);
        using var manager = await Visitor.SignedInAsync(Service, IngestService.Key);
        HealthPages.DevicesOf(await manager.PageAsync("/")).ShouldBe(["of bob", "of somebody else"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_large_fleet_is_paged_without_losing_or_repeating_a_device()
    {
        for (var i = 0; i < 53; i++) await SendAsync($"dev-{i:00}", ServiceFixture.Start);
        using var visitor = await Visitor.SignedInAsync(Service, IngestService.Key);
        var first = await visitor.PageAsync("/");
        first.ShouldContain("href=\"/?page=2\"");
        var all = HealthPages.DevicesOf(first).Concat(HealthPages.DevicesOf(await visitor.PageAsync("/?page=2"))).ToList();
        all.Order().ShouldBe(Enumerable.Range(0, 53).Select(i => $"dev-{i:00}"));
    }

    [Fact]
    public async Task An_id_that_was_merged_away_is_not_in_the_fleet_and_its_page_says_where_it_went()
    {
        await SendAsync("now", ServiceFixture.Start);
        await SendAsync("former", ServiceFixture.Start);
        await Service.ExecuteAsync($"INSERT INTO device_merges VALUES ('{IngestService.WorkspaceId}', 'former', 'now', 'continue', now(), 'test')");
        using var visitor = await Visitor.SignedInAsync(Service, IngestService.Key);
        HealthPages.DevicesOf(await visitor.PageAsync("/")).ShouldBe(["now"]);
        (await visitor.PageAsync("/devices/former")).ShouldContain("<a href=\"/devices/now\">now</a>");
    }

    /// <summary>Of a device with an older history, which is at its head.</summary>
    private async Task SendAsync(string label, DateTimeOffset at)
    {
        (await Service.PostAsync(Known(label, at.AddDays(-30)).Rollup(ServiceFixture.Today.AddDays(-40)))).ShouldBeStored();
        (await Service.PostAsync(Known(label, at))).ShouldBeStored();
    }

    private static EnvelopeBuilder Known(string label, DateTimeOffset at) => ServiceFixture.Envelope(label.Replace(' ', '-'), at).Label(label).Rollup(Closed).Rollup(Closed.AddDays(2));
}
