using System.Net;
using System.Text.RegularExpressions;
using Ingest.Api.Tests.Reconciliation;
using Ingest.Domain.Identity;
using Ingest.Persistence.Keys;
using Ingest.Persistence.Workspaces;
using Ingest.Testing.Identity;
using Ingest.Testing.Service;
using Microsoft.Extensions.DependencyInjection;

namespace Ingest.Api.Tests.Pages;

/// <summary>The page of usage says what the API says, to whom the API says it.</summary>
public sealed partial class UsagePageTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly DateOnly Today = ServiceFixture.Today;
    private static readonly DateOnly Closed = Today.AddDays(-3);

    private static readonly string[] Columns =
        ["cost_cents_effective", "cost_cents_ingested", "tokens", "input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens", "message_count"];

    [Theory]
    [InlineData("by=model")]
    [InlineData("by=model&top=1&sort=tokens")]
    [InlineData("by=branch&sort=message_count&model=m-1")]
    [InlineData("by=ticket&ticket=")]
    [InlineData("by=day")]
    [InlineData("by=day,model&top=2")]
    [InlineData("by=repo,role&sort=cost_cents_ingested&from=2026-05-10&to=2026-05-14")]
    public async Task Every_number_in_the_table_is_that_of_the_API(string question)
    {
        var (visitor, client, _) = await PersonAsync($"ada-{question.GetHashCode(StringComparison.Ordinal)}", "numbers-" + Math.Abs(question.GetHashCode(StringComparison.Ordinal)));
        var html = await (await visitor.GetAsync("/usage?" + question)).ShouldBePageAsync();
        var answer = (await client.AnswerAsync("/v1/usage?compare=previous&" + (question.Contains("top=", StringComparison.Ordinal) ? "" : "top=20&") + question)).ShouldBeStored();

        var told = answer["groups"]!.AsArray().Concat(answer["rest"]!.AsArray()).Append(answer["totals"]).Select(sums => string.Join(' ', Columns.Select(column => column == "tokens"
            ? Columns.Where(one => one.EndsWith("_tokens", StringComparison.Ordinal)).Sum(one => sums![one]!.GetValue<long>()).ToString()
            : sums![column]!.GetValue<decimal>().ToString("0.####"))));
        var table = html.Split("<table class=\"usage-table\">")[1].Split("</table>")[0];
        var shown = table.Split("<tr")[2..].Select(row => string.Join(' ', Value().Matches(row).Select(value => value.Groups["value"].Value)));
        shown.ShouldBe(told);
        visitor.Dispose();
    }

    [Fact]
    public async Task The_table_that_is_downloaded_is_that_of_the_API_and_of_what_is_shown()
    {
        var (visitor, client, _) = await PersonAsync("csv-person", "csv");
        foreach (var question in new[] { "by=model&top=2", "by=day,branch&sort=tokens&top=3&model=m-1&from=2026-05-01&to=2026-05-15", "by=ticket&ticket=&top=20" })
        {
            var html = await (await visitor.GetAsync("/usage?" + question)).ShouldBePageAsync();
            var link = WebUtility.HtmlDecode(html.Split(" download>")[0].Split("href=\"")[^1].Split('"')[0]);
            link.ShouldStartWith("/usage.csv");
            using var table = await visitor.GetAsync(link);
            table.ShouldBeStrict();
            table.Content.Headers.ContentType!.MediaType.ShouldBe("text/csv");
            table.Content.Headers.ContentDisposition!.FileName.ShouldNotBeNull().ShouldContain("usage-2026-");
            using var api = await client.GetAsync("/v1/usage?format=csv&compare=previous&" + question);
            (await table.Content.ReadAsStringAsync()).ShouldBe(await api.Content.ReadAsStringAsync(), question);
        }

        visitor.Dispose();
    }

    [Fact]
    public async Task Whatever_a_branch_is_called_is_text()
    {
        var (visitor, client, device) = await PersonAsync("hostile-person", "hostile");
        string[] names = ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "a&b=c#d?e", "'; DROP", "=cmd|' /C calc'!A0", "ünï/☃", "&lt;b&gt;"];
        var envelope = ServiceFixture.Envelope(device, ServiceFixture.Start);
        foreach (var name in names) envelope.Rollup(Closed.AddDays(-1), row => row.Branch(name).Messages(7).Cost(1_000_000));
        (await client.PostEnvelopeAsync(envelope)).ShouldBeStored();

        var html = await (await visitor.GetAsync("/usage?by=branch")).ShouldBePageAsync();
        html.ShouldNotContain("<script>");
        html.ShouldNotContain("<img src=x");
        foreach (var name in names)
        {
            WebUtility.HtmlDecode(html).ShouldContain($">{name}</a>");

            // What its link leads to is usage of that branch alone, and the filter is named.
            var row = html.Split("<table class=\"usage-table\">")[1].Split("<th scope=\"row\">").Single(part => WebUtility.HtmlDecode(part).Contains($">{name}</a>", StringComparison.Ordinal));
            var link = WebUtility.HtmlDecode(row.Split("href=\"")[1].Split('"')[0]);
            link.ShouldStartWith("/usage?by=ticket&git_branch=");
            var narrowed = await (await visitor.GetAsync(link)).ShouldBePageAsync();
            narrowed.ShouldNotContain("<script>");
            narrowed.ShouldNotContain("<img src=x");
            WebUtility.HtmlDecode(narrowed).ShouldContain($"<span class=\"value\">{name}</span>");
            narrowed.Split("<tfoot>")[1].ShouldContain("value=\"7\"", Case.Sensitive, name);
        }

        visitor.Dispose();
    }

    [Fact]
    public async Task Members_see_their_own_and_what_is_foreign_is_not_there()
    {
        var (ada, _, adasDevice) = await PersonAsync("tenant-ada", "tenancy-ada");
        var (bob, _, bobsDevice) = await PersonAsync("tenant-bob", "tenancy-bob");
        using var boss = await Visitor.SignedInAsync(fixture.Service, IngestService.Key);
        using var other = await KeyOfAsync("ws_usage_page_other", UserRole.Owner, "mallory");
        using var mallory = await Visitor.SignedInAsync(fixture.Service, other.DefaultRequestHeaders.Authorization!.Parameter!);

        var html = await (await ada.GetAsync("/usage?by=device")).ShouldBePageAsync();
        html.ShouldContain(adasDevice);
        html.ShouldNotContain(bobsDevice);
        html.ShouldNotContain("by=member");
        (await (await boss.GetAsync("/usage?by=device")).ShouldBePageAsync()).ShouldContain("by=member");

        var bobsId = (await fixture.Service.QueryAsync<Guid>("SELECT user_id FROM users WHERE name = 'tenant-bob'")).Single();
        var nowhere = await (await ada.GetAsync("/usage?device_id=" + ServiceFixture.NewDevice())).ShouldBePageAsync(404);
        foreach (var visitor in new[] { ada, mallory })
        {
            foreach (var path in new[] { "/usage?device_id=" + bobsDevice, "/usage?user_id=" + bobsId.ToString("D"), "/usage.csv?device_id=" + bobsDevice, "/usage.csv?user_id=" + bobsId.ToString("D") })
            {
                var refused = await (await visitor.GetAsync(path)).ShouldBePageAsync(404);
                MainOf(refused).ShouldBe(MainOf(nowhere), path);
            }
        }

        (await boss.GetAsync("/usage?device_id=" + bobsDevice)).EnsureSuccessStatusCode();
        (await (await mallory.GetAsync("/usage")).ShouldBePageAsync()).ShouldContain("Connect your first device");
        ada.Dispose();
        bob.Dispose();
    }

    [Theory]
    [InlineData("by=nothing", "by must be among")]
    [InlineData("from=yesterday", "from must be a UTC day")]
    [InlineData("from=2026-05-10&to=2026-05-10", "from must be before to")]
    [InlineData("from=2025-01-01&to=2026-05-10", "At most 400 days")]
    [InlineData("top=0", "top must be a number")]
    [InlineData("sort=size", "sort must be one of")]
    [InlineData("device_id=a%20b", "device")]
    [InlineData("user_id=bob", "user_id must be a UUID")]
    [InlineData("through=soon", "through must be a UTC day")]
    [InlineData("filter=day&value=x", "filter must be one of")]
    public async Task What_is_wrong_with_an_address_is_said_on_the_page_with_a_way_on(string question, string told)
    {
        using var visitor = await Visitor.SignedInAsync(fixture.Service, IngestService.Key);
        var html = await (await visitor.GetAsync("/usage?" + question)).ShouldBePageAsync(400);
        html.ShouldContain(told);
        html.ShouldContain("Show these days");
        if (!question.StartsWith("through", StringComparison.Ordinal) && !question.StartsWith("filter", StringComparison.Ordinal))
            await (await visitor.GetAsync("/usage.csv?" + question)).ShouldBePageAsync(400);
    }

    [Fact]
    public async Task Forms_lead_to_the_address_that_they_mean()
    {
        using var visitor = await Visitor.SignedInAsync(fixture.Service, IngestService.Key);
        (await visitor.GetAsync("/usage?from=2026-05-01&through=2026-05-10&by=branch&sort=tokens&model=a%26b&model=c")).ShouldLeadTo(
            "/usage?from=2026-05-01&to=2026-05-11&by=branch&sort=tokens&model=a%26b&model=c");
        (await visitor.GetAsync("/usage?filter=git_branch&value=%20main%20&git_branch=dev")).ShouldLeadTo("/usage?git_branch=dev&git_branch=main");
        (await visitor.GetAsync("/usage?filter=ticket&value=")).ShouldLeadTo("/usage?ticket=");
        (await visitor.GetAsync("/usage?filter=model&value=")).ShouldLeadTo("/usage");
        (await visitor.GetAsync($"/usage?from={Today.AddDays(-29):yyyy-MM-dd}&through={Today:yyyy-MM-dd}")).ShouldLeadTo("/usage");
    }

    [Fact]
    public async Task How_far_sums_are_final_and_who_may_still_add_to_them_stands_beside_them()
    {
        var (visitor, client, device) = await PersonAsync("reliance-person", "reliance");
        await fixture.Service.MarkDeviceAsync(device, "confirmed_day = '2026-05-09', rewind_from = NULL");
        var html = await (await visitor.GetAsync("/usage")).ShouldBePageAsync();
        html.ShouldContain("Complete through 9 May 2026.");
        html.ShouldContain($"href=\"/devices/{device}\"");
        html.ShouldContain("1 device may still add");
        (await (await visitor.GetAsync("/usage?to=2026-05-10")).ShouldBePageAsync()).ShouldContain("Complete: nothing more is expected");

        // The very same usage of another device of the same person may be counted twice.
        var twin = ServiceFixture.NewDevice();
        (await client.PostEnvelopeAsync(Usage(twin, "reliance"))).ShouldBeStored();
        await fixture.Service.MarkDayAsync(device, Closed.AddDays(-2), "expired_at = now()");
        html = await (await visitor.GetAsync("/usage")).ShouldBePageAsync();
        html.ShouldContain("May count twice");
        html.ShouldContain("1 day of devices in this range was removed by age");
        visitor.Dispose();
    }

    [Fact]
    public async Task Where_nothing_was_used_the_way_to_what_was_is_shown()
    {
        var (visitor, client, _) = await PersonAsync("empty-person", "empty");
        (await (await visitor.GetAsync("/usage?from=2026-03-01&to=2026-04-01")).ShouldBePageAsync()).ShouldContain("href=\"/usage?from=2026-05-08&amp;to=2026-06-07\"");
        var later = WebUtility.HtmlDecode(await (await visitor.GetAsync("/usage?from=2026-07-01&to=2026-08-01")).ShouldBePageAsync());
        later.ShouldContain("Nothing was used");
        later.ShouldContain("show 15 Apr – 14 May 2026");
        var filtered = await (await visitor.GetAsync("/usage?model=no-such-model")).ShouldBePageAsync();
        filtered.ShouldContain("that these filters let through");
        filtered.ShouldContain("Remove all filters");
        _ = client;
        visitor.Dispose();
    }

    /// <summary>What a page says, without who is signed in.</summary>
    private static string MainOf(string html) => html.Split("<main")[1];

    private static Ingest.Testing.Envelopes.EnvelopeBuilder Usage(string device, string seed)
    {
        var dice = new Random(seed.GetHashCode(StringComparison.Ordinal));
        var envelope = ServiceFixture.Envelope(device);
        for (var day = 0; day < 7; day++)
        {
            for (var row = 0; row < 4; row++)
            {
                envelope.Rollup(Today.AddDays(-day), rollup => rollup
                    .Model($"m-{row}").Branch($"b-{dice.Next(3)}").Repo($"r-{dice.Next(2)}").Role(row % 2 == 0 ? "assistant" : "user").Ticket(row == 3 ? null : $"T-{row}")
                    .Messages(dice.Next(1, 90)).Tokens(dice.NextInt64(20_000_000_000), dice.Next(9_000), dice.Next(700), dice.Next())
                    .Cost(effective: dice.Next(1, 90_000_000) / 10_000m, ingested: dice.Next(1, 9_000) / 10_000m));
            }
        }

        return envelope;
    }

    private async Task<HttpClient> KeyOfAsync(string workspace, UserRole role, string person)
    {
        await fixture.Service.Services.GetRequiredService<WorkspaceStore>().CreateAsync(Actor.Operator, workspace, workspace);
        return fixture.Service.ClientWith((await fixture.Service.Services.GetRequiredService<KeyStore>().CreateKeyAsync(workspace, role, person)).Key);
    }

    /// <summary>Somebody with a device and a week of usage, at the pages and at the API.</summary>
    private async Task<(Visitor Visitor, HttpClient Client, string Device)> PersonAsync(string name, string seed)
    {
        var client = await fixture.ClientAsync(name);
        var device = ServiceFixture.NewDevice();
        (await client.PostEnvelopeAsync(Usage(device, seed))).ShouldBeStored();
        return (await Visitor.SignedInAsync(fixture.Service, client.DefaultRequestHeaders.Authorization!.Parameter!), client, device);
    }

    [GeneratedRegex("<data class=\"amount\" value=\"(?<value>[^\"]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Value();
}
