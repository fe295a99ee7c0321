using System.Net;
using Ingest.Domain.Identity;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Pages;

/// <summary>Sessions on pages are those of the API, to whom the API shows them.</summary>
public sealed class SessionPageTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly DateTimeOffset At = ServiceFixture.Start.AddHours(-3);

    [Fact]
    public async Task Sessions_are_listed_page_by_page_and_one_is_shown_with_how_it_went()
    {
        var (visitor, _) = await PersonAsync("session-ada");
        var first = await (await visitor.GetAsync("/usage/sessions?limit=2&model=m-1")).ShouldBePageAsync();
        Titles(first).ShouldBe(["Title 4 <b>&", "Title 3 <b>&"]);
        first.ShouldNotContain("<b>&");
        WebUtility.HtmlDecode(first).ShouldContain("<span class=\"value\">m-1</span>");
        var next = WebUtility.HtmlDecode(first.Split("\" rel=\"next\"")[0].Split("href=\"")[^1]);
        next.ShouldStartWith("/usage/sessions?limit=2&model=m-1&cursor=");
        var second = await (await visitor.GetAsync(next)).ShouldBePageAsync();
        Titles(second).ShouldBe(["Title 2 <b>&", "Title 1 <b>&"]);

        Titles(await (await visitor.GetAsync("/usage/sessions?vital_overall_state=red")).ShouldBePageAsync()).ShouldBe(["Title 2 <b>&"]);
        (await (await visitor.GetAsync("/usage/sessions?to=2026-05-01")).ShouldBePageAsync()).ShouldContain("No session is like that");

        var one = await (await visitor.GetAsync(WebUtility.HtmlDecode(first.Split("<th scope=\"row\"><a href=\"")[1].Split('"')[0]))).ShouldBePageAsync();
        one.ShouldContain("0.25");
        one.ShouldContain("$1.23");
        one.ShouldContain("Sessions", Case.Insensitive);
        visitor.Dispose();
    }

    [Fact]
    public async Task What_is_foreign_is_not_there_and_what_is_wrong_is_said()
    {
        var (ada, adas) = await PersonAsync("session-tenant-ada");
        var (bob, bobs) = await PersonAsync("session-tenant-bob");
        var nowhere = await (await ada.GetAsync("/nowhere")).ShouldBePageAsync(404);
        foreach (var path in new[] { $"/usage/sessions?device_id={bobs}", $"/usage/session?device_id={bobs}&session_id=s%2F1", $"/usage/session?device_id={adas}&session_id=none", "/usage/session" })
            (await (await ada.GetAsync(path)).ShouldBePageAsync(404)).Split("<main")[1].ShouldBe(nowhere.Split("<main")[1], path);
        (await (await ada.GetAsync("/usage/sessions")).ShouldBePageAsync()).ShouldNotContain(bobs);
        (await ada.GetAsync($"/usage/session?device_id={adas}&session_id=s%2F1")).EnsureSuccessStatusCode();
        foreach (var (question, told) in new[] { ("vital_overall_state=blue", "vital_overall_state must be"), ("from=soon", "from must be"), ("cursor=AAAA", "cursor") })
            (await (await ada.GetAsync("/usage/sessions?" + question)).ShouldBePageAsync(400)).ShouldContain(told);
        var usage = await (await ada.GetAsync("/usage?model=m-1&role=assistant&from=2026-05-01&to=2026-05-15")).ShouldBePageAsync();
        usage.ShouldContain("href=\"/usage/sessions?from=2026-05-01&amp;to=2026-05-15&amp;model=m-1\"");
        ada.Dispose();
        bob.Dispose();
    }

    private static IEnumerable<string> Titles(string html) =>
        html.Split("<th scope=\"row\">")[1..].Select(row => WebUtility.HtmlDecode(row.Split("\">")[1].Split("</a>")[0]));

    private async Task<(Visitor Visitor, string Device)> PersonAsync(string name)
    {
        var client = await fixture.ClientAsync(name);
        var device = ServiceFixture.NewDevice();
        var envelope = ServiceFixture.Envelope(device).Rollup(ServiceFixture.Today, row => row.Model("m-1").Role("assistant"));
        for (var at = 1; at <= 4; at++)
        {
            var number = at;
            envelope.Session($"s/{number}", session => session.Title($"Title {number} <b>&").StartedAt(At).EndedAt(At.AddMinutes(number)).PrimaryModel("m-1").Cost(123.4m)
                .Vital("overall", number == 2 ? "red" : "green").Vital("thrashing", "yellow", 0.25m));
        }

        (await client.PostEnvelopeAsync(envelope)).ShouldBeStored();
        return (await Visitor.SignedInAsync(fixture.Service, client.DefaultRequestHeaders.Authorization!.Parameter!), device);
    }
}
