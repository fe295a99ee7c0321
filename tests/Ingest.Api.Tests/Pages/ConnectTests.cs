using System.Text.RegularExpressions;
using Ingest.Domain.Identity;
using Ingest.Persistence.Enrolments;
using Ingest.Persistence.Keys;
using Ingest.Persistence.Workspaces;
using Ingest.Testing.Identity;
using Ingest.Testing.Postgres;
using Ingest.Testing.Service;
using Microsoft.Extensions.DependencyInjection;

namespace Ingest.Api.Tests.Pages;

/// <summary>Codes for devices, made on a page by whoever may make them.</summary>
public sealed partial class ConnectTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private KeyStore Keys => fixture.Service.Services.GetRequiredService<KeyStore>();

    private EnrolmentStore Enrolments => fixture.Service.Services.GetRequiredService<EnrolmentStore>();

    [Fact]
    public async Task A_code_is_shown_once_and_is_for_the_person_who_was_chosen()
    {
        var bob = await Keys.CreateKeyAsync(IngestService.WorkspaceId, UserRole.Member, "bob-connects");
        using var visitor = await Visitor.SignedInAsync(fixture.Service, IngestService.Key);
        var html = await (await visitor.PostAsync("/connect", [("form_proof", await visitor.ProofAsync("/connect")), ("person", bob.UserId.ToString("D"))])).ShouldBePageAsync();
        var code = Code().Match(html).Value;
        html.ShouldContain("bob-connects");
        (await fixture.Service.TablesHoldingAsync(code)).ShouldBeEmpty();

        var arrival = Arrival().Match(html).Value;
        (await (await visitor.GetAsync(arrival)).ShouldBePageAsync()).ShouldNotContain(code);
        using var device = fixture.Service.ClientWithoutKey();
        (await device.AskAsync("POST /v1/enroll", $$"""{"code":"{{code}}"}""")).ShouldBeCreated();
        (await (await visitor.GetAsync(arrival)).ShouldBePageAsync()).ShouldContain("Enrolled");
    }

    [Fact]
    public async Task Who_may_not_make_codes_is_told_whom_to_ask_and_is_refused()
    {
        var dora = await Keys.CreateKeyAsync(IngestService.WorkspaceId, UserRole.Member, "dora-connects");
        using var visitor = await Visitor.SignedInAsync(fixture.Service, dora.Key);
        (await (await visitor.GetAsync("/connect")).ShouldBePageAsync()).ShouldContain("Ask an owner or manager");
        await (await visitor.PostAsync("/connect", [("form_proof", await visitor.ProofAsync("/")), ("person", dora.UserId.ToString("D"))])).ShouldBePageAsync(403);
        (await fixture.Service.QueryAsync<long>($"SELECT count(*) FROM enrolments WHERE user_id = '{dora.UserId}'"))[0].ShouldBe(0);
    }

    [Fact]
    public async Task A_manager_makes_no_code_for_an_owner()
    {
        var manager = await Keys.CreateKeyAsync(IngestService.WorkspaceId, UserRole.Manager, "mona-connects");
        var owner = await Keys.CreateKeyAsync(IngestService.WorkspaceId, UserRole.Owner, "otto-connects");
        using var visitor = await Visitor.SignedInAsync(fixture.Service, manager.Key);
        (await (await visitor.GetAsync("/connect")).ShouldBePageAsync()).ShouldNotContain(owner.UserId.ToString("D"));
        await (await visitor.PostAsync("/connect", [("form_proof", await visitor.ProofAsync("/connect")), ("person", owner.UserId.ToString("D"))])).ShouldBePageAsync(403);
    }

    [Fact]
    public async Task What_belongs_to_another_workspace_is_answered_to_the_letter_like_what_nobody_has()
    {
        await fixture.Service.Services.GetRequiredService<WorkspaceStore>().CreateAsync(Actor.Operator, "Foreign", "ws_foreign");
        var eve = await Keys.CreateKeyAsync("ws_foreign", UserRole.Owner, "eve-connects");
        var foreign = (await Enrolments.CreateAsOperatorAsync(IngestService.WorkspaceId, "victim", new EnrolmentWish(), Cancellation)).Enrolment;
        using var visitor = await Visitor.SignedInAsync(fixture.Service, eve.Key);
        var unknown = await (await visitor.GetAsync($"/connect/{Guid.NewGuid():D}")).ShouldBePageAsync(404);
        foreach (var id in new[] { foreign.EnrolmentId.ToString("D"), "no-id" })
            (await (await visitor.GetAsync("/connect/" + id)).ShouldBePageAsync(404)).ShouldBe(unknown);

        var proof = await visitor.ProofAsync("/connect");
        var nobody = await (await visitor.PostAsync("/connect", [("form_proof", proof), ("person", Guid.NewGuid().ToString("D"))])).ShouldBePageAsync(404);
        foreach (var person in new[] { foreign.UserId.ToString("D"), "" })
            (await (await visitor.PostAsync("/connect", [("form_proof", proof), ("person", person)])).ShouldBePageAsync(404)).ShouldBe(nobody);
    }

    [GeneratedRegex("[0-9A-Z]{5}(-[0-9A-Z]{5}){3}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Code();

    [GeneratedRegex("/connect/[0-9a-f-]{36}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Arrival();
}
