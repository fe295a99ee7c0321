using Ingest.Domain.Identity;
using Ingest.Persistence.Keys;
using Ingest.Persistence.Members;
using Ingest.Persistence.Pages;
using Ingest.Persistence.Workspaces;
using Ingest.Testing.Identity;
using Ingest.Testing.Postgres;
using Ingest.Testing.Service;
using Microsoft.Extensions.DependencyInjection;

namespace Ingest.Api.Tests.Pages;

/// <summary>Who gets in to the pages, as whom, and for how long.</summary>
public sealed class SignInTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private KeyStore Keys => fixture.Service.Services.GetRequiredService<KeyStore>();

    private MemberStore Members => fixture.Service.Services.GetRequiredService<MemberStore>();

    private SignInLinkStore Links => fixture.Service.Services.GetRequiredService<SignInLinkStore>();

    [Fact]
    public async Task A_key_opens_the_pages_and_is_in_no_cookie()
    {
        using var visitor = new Visitor(fixture.Service);
        (await visitor.GetAsync("/usage?days=7&by=model")).ShouldLeadTo("/sign-in?return=%2Fusage%3Fdays%3D7%26by%3Dmodel");

        using var answer = await visitor.SignInAsync(IngestService.Key, "/usage?days=7&by=model");
        answer.ShouldLeadTo("/usage?days=7&by=model");
        var cookie = answer.SetCookies().Single(cookie => cookie.StartsWith(Visitor.SessionCookie + "=", StringComparison.Ordinal));
        cookie.Split("; ")[1..].ShouldBe(["max-age=43200", "path=/", "samesite=lax", "httponly"], ignoreOrder: true);
        cookie.ShouldNotContain(IngestService.Key);

        var html = await (await visitor.GetAsync("/")).ShouldBePageAsync();
        html.ShouldContain("Sign out");
        html.ShouldNotContain(IngestService.Key);
        html.ShouldNotContain(visitor.Cookies[Visitor.SessionCookie]);
        (await fixture.Service.TablesHoldingAsync(visitor.Cookies[Visitor.SessionCookie])).ShouldBeEmpty("a session is stored by its hash");
        (await visitor.GetAsync("/sign-in?return=/usage")).ShouldLeadTo("/usage");
    }

    [Fact]
    public async Task Over_TLS_the_cookie_is_of_this_host_alone_and_never_goes_in_clear()
    {
        await using var service = await fixture.InstanceAsync(("Proxies:Trusted", "127.0.0.0/8"));
        (string, string)[] overTls = [("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "https"), ("Origin", $"https://{service.Address.Authority}")];
        using var visitor = new Visitor(service);
        using var form = await visitor.GetAsync("/sign-in", overTls);
        var proof = (await form.ShouldBePageAsync()).Split("name=\"form_proof\" value=\"")[1].Split('"')[0];
        using var answer = await visitor.PostAsync("/sign-in", [("form_proof", proof), ("key", IngestService.Key)], overTls);
        answer.ShouldLeadTo("/");
        answer.SetCookies().ShouldContain(cookie => cookie.StartsWith("__Host-ingest=page_", StringComparison.Ordinal) && cookie.Contains("; secure", StringComparison.Ordinal));
        await (await visitor.GetAsync("/", overTls)).ShouldBePageAsync();

        (string, string)[] inClear = [("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "http")];
        foreach (var path in new[] { "/", "/usage", "/sign-in", "/sign-in/link" })
            (await (await visitor.GetAsync(path, inClear)).ShouldBePageAsync(403)).ShouldContain("HTTPS", Case.Sensitive, path);
    }

    [Theory]
    [InlineData("budi_nobody-ever-made-this-key-0123456789", "not known here")]
    [InlineData("", "Paste your key")]
    [InlineData("hunter2", "not known here")]
    public async Task What_is_no_key_is_told_so_on_the_form(string key, string told)
    {
        using var visitor = new Visitor(fixture.Service);
        using var answer = await visitor.SignInAsync(key, "/usage");
        var html = await answer.ShouldBePageAsync(422);
        html.ShouldContain(told);
        html.ShouldContain("value=\"/usage\"");
        if (key.Length > 0) html.ShouldNotContain(key);
        visitor.Cookies.ShouldNotContainKey(Visitor.SessionCookie);
    }

    [Fact]
    public async Task A_key_that_only_sends_envelopes_is_told_what_it_lacks()
    {
        var created = await Keys.CreateAsync(Actor.Operator, new NewKey(IngestService.WorkspaceId, new KeyOwner.Person("dora")) { Scopes = KeyScopes.Ingest });
        using var visitor = new Visitor(fixture.Service);
        using var answer = await visitor.SignInAsync(created.Key);
        (await answer.ShouldBePageAsync(422)).ShouldContain("read:own");
        visitor.Cookies.ShouldNotContainKey(Visitor.SessionCookie);
    }

    [Fact]
    public async Task Who_guesses_keys_or_links_is_not_looked_up_any_more_and_good_keys_still_open()
    {
        await using var service = await fixture.InstanceAsync(("Limits:FailedAuthenticationsPerMinute", "3"));
        using var visitor = new Visitor(service);
        for (var guess = 0; guess < 3; guess++)
            await (await visitor.PostAsync("/sign-in/link", [("form_proof", await visitor.ProofAsync("/sign-in")), ("token", PageToken.Generate().Text)])).ShouldBePageAsync(404);

        await (await visitor.PostAsync("/sign-in/link", [("form_proof", await visitor.ProofAsync("/sign-in")), ("token", PageToken.Generate().Text)])).ShouldBePageAsync(429);
        using var guessed = await visitor.SignInAsync(ApiKeyText.Generate().Text);
        (await guessed.ShouldBePageAsync(429)).ShouldContain("Too many unknown keys");
        guessed.Headers.RetryAfter.ShouldNotBeNull();
        (await visitor.SignInAsync(IngestService.Key)).ShouldLeadTo("/");
    }

    [Fact]
    public async Task A_link_signs_in_once_as_its_person_and_to_look_at_it_uses_nothing_up()
    {
        var person = await Members.AddAsync(Actor.Operator, IngestService.WorkspaceId, "lena", UserRole.Viewer);
        var link = await Links.CreateAsOperatorAsync(IngestService.WorkspaceId, person.UserId, Cancellation);
        (await fixture.Service.TablesHoldingAsync(link.Token)).ShouldBeEmpty("a link is stored by its hash");
        using var visitor = new Visitor(fixture.Service);
        foreach (var _ in Enumerable.Range(0, 2)) (await (await visitor.GetAsync("/sign-in/link?token=" + link.Token)).ShouldBePageAsync()).ShouldContain("Sign in");

        (await UseAsync(visitor, link.Token)).ShouldLeadTo("/");
        (await (await visitor.GetAsync("/")).ShouldBePageAsync()).ShouldContain("lena, viewer");

        using var second = new Visitor(fixture.Service);
        (await (await UseAsync(second, link.Token)).ShouldBePageAsync(410)).ShouldContain("used already");
        second.Cookies.ShouldNotContainKey(Visitor.SessionCookie);

        await Members.RemoveAsync(Actor.Operator, IngestService.WorkspaceId, person.UserId, cancellation: Cancellation);
        (await visitor.GetAsync("/")).ShouldLeadTo("/sign-in");
    }

    [Fact]
    public async Task A_link_and_a_session_end_in_time()
    {
        var time = new ShiftedTimeProvider();
        await using var service = await IngestService.StartAsync(fixture.Database, time);
        var person = await Members.AddAsync(Actor.Operator, IngestService.WorkspaceId, "tim", UserRole.Member);
        var links = service.Services.GetRequiredService<SignInLinkStore>();
        var (good, late) = (await links.CreateAsOperatorAsync(IngestService.WorkspaceId, person.UserId, Cancellation), await links.CreateAsOperatorAsync(IngestService.WorkspaceId, person.UserId, Cancellation));
        using var visitor = new Visitor(service);
        (await UseAsync(visitor, good.Token)).ShouldLeadTo("/");
        var session = visitor.Cookies[Visitor.SessionCookie];

        var start = time.GetUtcNow();
        time.Set(start.AddMinutes(15));
        using var other = new Visitor(service);
        (await (await UseAsync(other, late.Token)).ShouldBePageAsync(410)).ShouldContain("expired");

        var brief = await service.Services.GetRequiredService<KeyStore>().CreateAsync(
            Actor.Operator, new NewKey(IngestService.WorkspaceId, new KeyOwner.Person("tim")) { ExpiresAt = start.AddHours(1) });
        using var hasty = await Visitor.SignedInAsync(service, brief.Key);
        await (await hasty.GetAsync("/")).ShouldBePageAsync();
        time.Set(start.AddHours(1));
        (await hasty.GetAsync("/")).ShouldLeadTo("/sign-in");

        time.Set(start.AddHours(12).AddMinutes(-1));
        await (await visitor.GetAsync("/")).ShouldBePageAsync();
        time.Set(start.AddHours(12));
        visitor.Cookies[Visitor.SessionCookie].ShouldBe(session);
        (await visitor.GetAsync("/")).ShouldLeadTo("/sign-in");
    }

    [Fact]
    public async Task What_becomes_of_the_key_becomes_of_the_session_at_once()
    {
        var created = await Keys.CreateKeyAsync(IngestService.WorkspaceId, UserRole.Manager, "rita");
        using var visitor = await Visitor.SignedInAsync(fixture.Service, created.Key);
        (await (await visitor.GetAsync("/")).ShouldBePageAsync()).ShouldContain("rita, manager");

        await Members.ChangeAsync(Actor.Operator, IngestService.WorkspaceId, created.UserId, new MemberChange(Role: UserRole.Member), cancellation: Cancellation);
        (await (await visitor.GetAsync("/")).ShouldBePageAsync()).ShouldContain("rita, member");

        await Keys.RevokeKeyAsync(created.Prefix);
        (await visitor.GetAsync("/")).ShouldLeadTo("/sign-in");
        (await visitor.SignInAsync(created.Key)).StatusCode.ShouldBe(System.Net.HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Who_signs_out_is_out_and_a_copy_of_the_cookie_with_them()
    {
        using var visitor = await Visitor.SignedInAsync(fixture.Service, IngestService.Key);
        var session = visitor.Cookies[Visitor.SessionCookie];
        (await visitor.SignOutAsync()).ShouldLeadTo("/sign-in");
        visitor.Cookies.ShouldNotContainKey(Visitor.SessionCookie);

        using var thief = new Visitor(fixture.Service);
        thief.Cookies[Visitor.SessionCookie] = session;
        (await thief.GetAsync("/")).ShouldLeadTo("/sign-in");
    }

    [Fact]
    public async Task Of_too_many_sessions_of_a_person_the_oldest_ends()
    {
        var created = await Keys.CreateKeyAsync(IngestService.WorkspaceId, UserRole.Member, "maya");
        using var first = await Visitor.SignedInAsync(fixture.Service, created.Key);
        using var second = await Visitor.SignedInAsync(fixture.Service, created.Key);
        var store = fixture.Service.Services.GetRequiredService<PageSessionStore>();
        for (var more = 2; more <= PageSessionStore.MostOfPerson; more++)
            await store.BeginAsync(new PageIdentity(IngestService.WorkspaceId, created.UserId, created.KeyId), Actor.Operator, Cancellation);

        (await first.GetAsync("/")).ShouldLeadTo("/sign-in");
        await (await second.GetAsync("/")).ShouldBePageAsync();
    }

    [Fact]
    public async Task The_cookie_opens_nothing_of_the_API_and_a_key_in_a_header_opens_no_page()
    {
        using var visitor = await Visitor.SignedInAsync(fixture.Service, IngestService.Key);
        foreach (var path in new[] { "/v1/whoami", "/v1/devices", "/v1/usage" }) ((int)(await visitor.GetAsync(path)).StatusCode).ShouldBe(401, path);
        using var stranger = new Visitor(fixture.Service);
        (await stranger.GetAsync("/", ("Authorization", "Bearer " + IngestService.Key))).ShouldLeadTo("/sign-in");
    }

    [Fact]
    public async Task Signing_in_and_out_is_in_the_audit_log()
    {
        var created = await Keys.CreateKeyAsync(IngestService.WorkspaceId, UserRole.Member, "audrey");
        using (var visitor = await Visitor.SignedInAsync(fixture.Service, created.Key)) await visitor.SignOutAsync();
        var link = await Links.CreateAsOperatorAsync(IngestService.WorkspaceId, created.UserId, Cancellation);
        using var other = new Visitor(fixture.Service);
        (await UseAsync(other, link.Token)).ShouldLeadTo("/");

        var entries = await fixture.Service.QueryAsync<string>(
            $"SELECT action || ' ' || actor_kind || ' ' || (actor_key_id IS NOT NULL) FROM audit_log WHERE subject_id = '{created.UserId:D}' AND action LIKE 'member.%' ORDER BY entry_id");
        entries.ShouldBe(["member.added operator false", "member.signed_in key true", "member.signed_out key true", "member.link_created operator false", "member.signed_in code false"]);
    }

    [Fact]
    public async Task A_session_speaks_for_its_own_workspace()
    {
        await fixture.Service.Services.GetRequiredService<WorkspaceStore>().CreateAsync(Actor.Operator, "Elsewhere", "ws_elsewhere");
        var created = await Keys.CreateKeyAsync("ws_elsewhere", UserRole.Owner, "eve");
        using var visitor = await Visitor.SignedInAsync(fixture.Service, created.Key);
        (await (await visitor.GetAsync("/")).ShouldBePageAsync()).ShouldContain("Elsewhere");
    }

    private static async Task<HttpResponseMessage> UseAsync(Visitor visitor, string token) =>
        await visitor.PostAsync("/sign-in/link", [("form_proof", await visitor.ProofAsync("/sign-in/link?token=" + token)), ("token", token)]);
}
