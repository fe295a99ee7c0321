using Ingest.Api.Pages;
using Ingest.Api.Pages.SignIn;
using Ingest.Persistence.Identity;
using Ingest.Testing.Postgres;
using Ingest.Testing.Service;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Ingest.Api.Tests.Pages;

/// <summary>What pages let browsers do, whatever other pages ask of them.</summary>
public sealed class PageSafetyTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task Every_page_and_every_refusal_is_strict_and_none_holds_script_or_style_of_its_own()
    {
        using var visitor = await Visitor.SignedInAsync(fixture.Service, IngestService.Key);
        using var stranger = new Visitor(fixture.Service);
        var pages = PageRoutes().ToList();
        pages.Count.ShouldBeGreaterThan(5);
        foreach (var (method, path) in pages.Append(("GET", "/nowhere")))
        {
            foreach (var who in new[] { visitor, stranger })
            {
                using var answer = method == "GET" ? await who.GetAsync(path) : await who.PostAsync(path, []);
                answer.ShouldBeStrict();
                if (answer.Content.Headers.ContentType?.MediaType != "text/html") continue;
                var html = await answer.Content.ReadAsStringAsync();
                html.ShouldNotContain(" style=", Case.Insensitive, path);
                html.ShouldNotContain("<style", Case.Insensitive, path);
                html.ShouldNotContain("<script>", Case.Insensitive, path);
                html.ShouldNotContain(" onclick=", Case.Insensitive, path);
                html.ShouldNotContain("src=\"http", Case.Insensitive, path);
            }
        }
    }

    [Fact]
    public async Task A_form_without_the_proof_of_whoever_sends_it_is_403_and_does_nothing()
    {
        using var visitor = await Visitor.SignedInAsync(fixture.Service, IngestService.Key);
        using var other = await Visitor.SignedInAsync(fixture.Service, IngestService.Key);
        var (own, foreign, visit) = (await visitor.ProofAsync("/"), await other.ProofAsync("/"), await new Visitor(fixture.Service).ProofAsync("/sign-in"));
        foreach (var (method, path) in PageRoutes().Where(route => route.Method == "POST" && !route.Path.StartsWith("/sign-in", StringComparison.Ordinal)))
        {
            foreach (var fields in new (string, string)[][] { [], [("form_proof", "")], [("form_proof", "wrong")], [("form_proof", foreign)], [("form_proof", visit)] })
                (await (await visitor.PostAsync(path, fields)).ShouldBePageAsync(403)).ShouldContain("did not come from a page", Case.Sensitive, $"{method} {path}");

            foreach (var (name, value) in new[] { ("Origin", "https://evil.example"), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site") })
                await (await visitor.PostAsync(path, [("form_proof", own)], (name, value))).ShouldBePageAsync(403);
        }

        await (await visitor.GetAsync("/")).ShouldBePageAsync();
    }

    [Fact]
    public async Task Nobody_is_signed_in_by_a_form_that_was_not_shown_to_them()
    {
        using var visitor = new Visitor(fixture.Service);
        using var other = new Visitor(fixture.Service);
        var foreign = await other.ProofAsync("/sign-in");
        await (await visitor.PostAsync("/sign-in", [("key", IngestService.Key)])).ShouldBePageAsync(403);
        await (await visitor.PostAsync("/sign-in", [("form_proof", foreign), ("key", IngestService.Key)])).ShouldBePageAsync(403);
        var own = await visitor.ProofAsync("/sign-in");
        await (await visitor.PostAsync("/sign-in", [("form_proof", own), ("key", IngestService.Key)], ("Origin", "https://evil.example"))).ShouldBePageAsync(403);
        visitor.Cookies.ShouldNotContainKey(Visitor.SessionCookie);
        (await visitor.PostAsync("/sign-in", [("form_proof", own), ("key", IngestService.Key)], ("Origin", fixture.Service.Address.GetLeftPart(UriPartial.Authority)))).ShouldLeadTo("/");
    }

    [Fact]
    public async Task A_form_that_is_far_too_large_is_refused_unread()
    {
        using var visitor = new Visitor(fixture.Service);
        var proof = await visitor.ProofAsync("/sign-in");
        await (await visitor.PostAsync("/sign-in", [("form_proof", proof), ("key", new string('k', 100_000))])).ShouldBePageAsync(413);
    }

    [Theory]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example")]
    [InlineData("\\\\evil.example")]
    [InlineData("https://evil.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("evil.example")]
    [InlineData("/\t/evil.example")]
    [InlineData("/a\r\nSet-Cookie: x=y")]
    [InlineData("")]
    public async Task Signing_in_leads_to_no_other_server(string back)
    {
        using var visitor = new Visitor(fixture.Service);
        (await visitor.SignInAsync(IngestService.Key, back)).ShouldLeadTo("/");
        (await visitor.GetAsync("/sign-in?return=" + Uri.EscapeDataString(back))).ShouldLeadTo("/");
    }

    [Fact]
    public void Paths_of_this_server_are_gone_back_to()
    {
        foreach (var path in new[] { "/", "/usage", "/usage?by=model&from=2026-05-01", "/devices/dev%20ada" }) ReturnPath.Of(path).ShouldBe(path);
    }

    [Fact]
    public async Task Styles_and_scripts_are_kept_for_good_under_the_hash_of_what_they_hold()
    {
        using var visitor = new Visitor(fixture.Service);
        using var page = await visitor.GetAsync("/sign-in");
        var addresses = (await page.ShouldBePageAsync()).Split('"').Where(part => part.StartsWith("/assets/", StringComparison.Ordinal)).Distinct().ToList();
        addresses.Count.ShouldBe(3);
        foreach (var address in addresses)
        {
            using var asset = await visitor.GetAsync(address);
            asset.EnsureSuccessStatusCode();
            asset.Headers.CacheControl!.ToString().ShouldBe("public, max-age=31536000, immutable");
            using var again = await visitor.GetAsync(address, ("If-None-Match", asset.Headers.ETag!.Tag));
            ((int)again.StatusCode).ShouldBe(304, address);
            using var other = await visitor.GetAsync("/assets/000000000000/" + address.Split('/')[^1]);
            other.EnsureSuccessStatusCode();
            other.Headers.CacheControl!.NoCache.ShouldBeTrue();
        }

        ((int)(await visitor.GetAsync("/assets/000000000000/appsettings.json")).StatusCode).ShouldBe(404);
    }

    [Fact]
    public async Task Browsers_get_refusals_as_pages_and_programs_as_problems()
    {
        using var visitor = await Visitor.SignedInAsync(fixture.Service, IngestService.Key);
        (await (await visitor.GetAsync("/nowhere")).ShouldBePageAsync(404)).ShouldContain("There is nothing here");
        foreach (var (path, accept) in new[] { ("/nowhere", "*/*"), ("/v1/nowhere", "text/html") })
        {
            using var answer = await visitor.GetAsync(path, ("Accept", accept));
            ((int)answer.StatusCode).ShouldBe(404);
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json", path);
        }
    }

    [Fact]
    public async Task Trouble_of_ours_is_a_page_too_and_nobody_is_signed_out_by_it()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var relay = new Relay(database.ConnectionString);
        await using var service = await IngestService.StartAsync(database, null, ("ConnectionStrings:Ingest", relay.ConnectionString));
        using var visitor = await Visitor.SignedInAsync(service, IngestService.Key);
        var setup = service.Services.GetRequiredService<ServerSetup>();
        await setup.SetMaintenanceAsync(true, TestContext.Current.CancellationToken);
        (await (await visitor.GetAsync("/")).ShouldBePageAsync(503)).ShouldContain("maintenance");
        await setup.SetMaintenanceAsync(false, TestContext.Current.CancellationToken);

        relay.Cut();
        foreach (var path in new[] { "/", "/usage", "/sign-in" })
        {
            using var answer = await visitor.GetAsync(path);
            await answer.ShouldBePageAsync(503);
            answer.Headers.RetryAfter.ShouldNotBeNull(path);
        }

        visitor.Cookies.ShouldContainKey(Visitor.SessionCookie);
    }

    private IEnumerable<(string Method, string Path)> PageRoutes() =>
        fixture.Service.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<PageRoute>() is not null)
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods
                .Select(method => (method, "/" + endpoint.RoutePattern.RawText!.Trim('/').Replace('{', 'x').Replace('}', 'x'))));
}
