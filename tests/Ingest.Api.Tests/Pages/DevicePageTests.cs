using Ingest.Api.Errors;
using Ingest.Api.Tests.Reconciliation;
using Ingest.Domain.Health;
using Ingest.Domain.Identity;
using Ingest.Persistence.Keys;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Identity;
using Ingest.Testing.Service;
using Microsoft.Extensions.DependencyInjection;

namespace Ingest.Api.Tests.Pages;

/// <summary>The page of one device: what is wrong with it, what to do, and how it came to that.</summary>
public sealed class DevicePageTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly DateOnly Closed = ServiceFixture.Today.AddDays(-5);

    [Fact]
    public async Task A_device_that_is_refused_is_told_why_and_what_to_do()
    {
        var device = await fixture.KnownDeviceAsync();
        (await fixture.Service.PostAsync(ServiceFixture.Envelope(device).Rollup(Closed).Field("schema_version", "9"))).ShouldBeRefused(422, "unsupported_schema_version");
        using var visitor = await Visitor.SignedInAsync(fixture.Service, IngestService.Key);
        await Eventually.TrueAsync(async () => await fixture.CountAsync("sync_attempts", device) == 2, "the attempts are written");
        var text = HealthPages.TextOf(await visitor.PageAsync($"/devices/{device}"));
        text.ShouldContain("What is wrong, and what to do Envelopes are refused; the last answer was 422 unsupported_schema_version");
        text.ShouldContain("Who runs the server Update the server: it has to know the version that the answer names.");
        text.ShouldContain("Refused 422 unsupported_schema_version");
        text.ShouldContain("Stored 1 row written");
    }

    [Fact]
    public async Task A_device_whose_key_was_revoked_is_told_how_it_gets_a_new_one()
    {
        var key = await fixture.Service.Services.GetRequiredService<KeyStore>().CreateKeyAsync(IngestService.WorkspaceId, UserRole.Member, "Ada L.");
        using var client = fixture.Service.ClientWith(key.Key);
        var device = ServiceFixture.NewDevice();
        (await client.PostEnvelopeAsync(ServiceFixture.Envelope(device).Rollup(Closed))).ShouldBeStored();
        await fixture.Service.Services.GetRequiredService<KeyStore>().RevokeKeyAsync(key.Key[..13]);
        await Eventually.TrueAsync(async () => await fixture.CountAsync("device_contacts", device) == 1, "the contact is written");

        using var visitor = await Visitor.SignedInAsync(fixture.Service, IngestService.Key);
        var text = HealthPages.TextOf(await visitor.PageAsync($"/devices/{device}"));
        text.ShouldContain($"The key it used last ({key.Key[..13]}…) was revoked on 14 May 2026");
        text.ShouldContain($"ingest device enroll --workspace {IngestService.WorkspaceId} --person 'Ada L.' --device {device}");
        text.ShouldContain("Restart the budi daemon");
        HealthPages.TextOf(await visitor.PageAsync($"/?q={device}")).ShouldContain("its key has ended");
    }

    [Fact]
    public async Task Days_changes_and_rows_in_quarantine_stand_there_with_what_is_wrong()
    {
        var device = await fixture.KnownDeviceAsync();
        (await fixture.Service.PostAsync(ServiceFixture.Envelope(device).Rollup(Closed, row => row.Messages(3)).Rollup(Closed.AddDays(-1), row => row.Messages(7))
            .RawRollup($$"""{"bucket_day": "{{Closed:yyyy-MM-dd}}", "role": "x", "message_count": -1}"""))).ShouldBeStored();
        await fixture.Service.MarkDayAsync(device, Closed.AddDays(-1), "shrunk_at = now()");
        await fixture.Service.NoteChangeAsync(device, Closed.AddDays(-1), ServiceFixture.Start, Guid.Parse("0196d2a4-5f40-7d21-b6a7-90c1d2e3f405"));

        using var visitor = await Visitor.SignedInAsync(fixture.Service, IngestService.Key);
        var html = await visitor.PageAsync($"/devices/{device}");
        var text = HealthPages.TextOf(html);
        text.ShouldContain("Sat 9 May 2026: some rows break a rule, and are not counted; 3 messages in 1 row; 1 row in quarantine.");
        text.ShouldContain("Fri 8 May 2026: holds less than it did when it was closed; 7 messages in 1 row.");
        text.ShouldContain("shrank, edited before 49 , after 42");
        text.ShouldContain("$0.01 , after $0.00");
        text.ShouldContain("0196d2a4-5f40-7d21-b6a7-90c1d2e3f405");
        text.ShouldContain("1 day holds less than after its close, the last one 8 May 2026.");
        text.ShouldContain($"ingest device restore {device} VERSION");
        text.ShouldContain("negative Must not be negative. $.payload.daily_rollups[2].message_count");
    }

    [Fact]
    public async Task Foreign_and_unknown_devices_are_the_same_page_to_the_letter()
    {
        using var bob = await fixture.ClientAsync("bob-of-pages");
        var own = ServiceFixture.NewDevice();
        (await bob.PostEnvelopeAsync(ServiceFixture.Envelope(own).Rollup(Closed))).ShouldBeStored();
        var foreign = await fixture.KnownDeviceAsync();
        var refused = ServiceFixture.NewDevice();
        (await fixture.Service.PostAsync(ServiceFixture.Envelope(refused).Field("schema_version", "9"))).ShouldBeRefused(422, "unsupported_schema_version");
        using var visitor = await Visitor.SignedInAsync(fixture.Service, bob.DefaultRequestHeaders.Authorization!.Parameter!);
        using var stranger = await fixture.ClientAsync("eve-of-pages", UserRole.Manager, "ws_pages");
        using var eve = await Visitor.SignedInAsync(fixture.Service, stranger.DefaultRequestHeaders.Authorization!.Parameter!);
        (await visitor.PageAsync($"/devices/{own}")).ShouldContain(own);
        foreach (var who in new[] { visitor, eve })
        {
            var nobody = await who.PageAsync($"/devices/{ServiceFixture.NewDevice()}", 404);
            foreach (var device in new[] { foreign, refused, "not a device", "%00" }) (await who.PageAsync($"/devices/{Uri.EscapeDataString(device)}", 404)).ShouldBe(nobody, device);
        }

        (await eve.PageAsync($"/devices/{own}", 404)).ShouldNotContain(own);
        await visitor.PageAsync($"/devices/{own}?cursor=AAAA", 400);
    }

    [Fact]
    public async Task A_device_of_which_nothing_was_ever_stored_has_a_page_for_whoever_was_refused()
    {
        var device = ServiceFixture.NewDevice();
        (await fixture.Service.PostAsync(ServiceFixture.Envelope(device).Field("schema_version", "9"))).ShouldBeRefused(422, "unsupported_schema_version");
        using var visitor = await Visitor.SignedInAsync(fixture.Service, IngestService.Key);
        var text = HealthPages.TextOf(await visitor.PageAsync($"/devices/{device}"));
        text.ShouldContain("Nothing stored");
        text.ShouldContain("No envelope was ever accepted; the last answer was 422");
        text.ShouldNotContain("Ask for all it has again", Case.Sensitive, "there is nobody to ask");
    }

    [Fact]
    public async Task Attempts_go_on_behind_the_first_page_and_only_with_their_own_cursor()
    {
        var device = await fixture.KnownDeviceAsync();
        for (var i = 0; i < 25; i++)
            (await fixture.Service.PostAsync(ServiceFixture.Envelope(device, ServiceFixture.Start.AddSeconds(i)).Rollup(Closed, row => row.Messages(100 + i)))).ShouldBeStored();
        await Eventually.TrueAsync(async () => await fixture.CountAsync("sync_attempts", device) == 26, "the attempts are written");
        using var visitor = await Visitor.SignedInAsync(fixture.Service, IngestService.Key);
        var first = await visitor.PageAsync($"/devices/{device}");
        var older = first.Split('"').Single(part => part.Contains("?cursor=", StringComparison.Ordinal)).Split('#')[0];
        var ids = (await fixture.Service.QueryAsync<Guid>($"SELECT attempt_id FROM sync_attempts WHERE device_id = '{device}'")).Select(id => id.ToString("D")).ToList();
        var second = await visitor.PageAsync(older);
        ids.Count(id => first.Contains(id, StringComparison.Ordinal)).ShouldBe(20);
        ids.Where(id => !first.Contains(id, StringComparison.Ordinal)).ShouldAllBe(id => second.Contains(id, StringComparison.Ordinal));
        var other = await fixture.KnownDeviceAsync();
        await visitor.PageAsync(older.Replace(device, other, StringComparison.Ordinal), 400);
    }

    [Fact]
    public async Task Managers_pause_resume_and_ask_again_and_nobody_else_does()
    {
        using var bob = await fixture.ClientAsync("bob-who-acts");
        var device = ServiceFixture.NewDevice();
        (await bob.PostEnvelopeAsync(ServiceFixture.Envelope(device).Rollup(Closed))).ShouldBeStored();
        using var manager = await Visitor.SignedInAsync(fixture.Service, IngestService.Key);
        using var member = await Visitor.SignedInAsync(fixture.Service, bob.DefaultRequestHeaders.Authorization!.Parameter!);
        var page = $"/devices/{device}";
        (await member.PageAsync(page)).ShouldNotContain("/pause");
        using var stranger = await fixture.ClientAsync("eve-who-acts", UserRole.Owner, "ws_acts");
        (await stranger.PostEnvelopeAsync(EnvelopeBuilder.For("ws_acts").Device("dev-eve").Rollup(Closed))).ShouldBeStored();
        using var eve = await Visitor.SignedInAsync(fixture.Service, stranger.DefaultRequestHeaders.Authorization!.Parameter!);
        var (proof, own, foreign) = (await manager.ProofAsync(page), await member.ProofAsync(page), await eve.ProofAsync("/"));
        foreach (var verb in new[] { "pause", "resume", "rewind" })
        {
            await (await member.PostAsync($"{page}/{verb}", [("form_proof", own)])).ShouldBePageAsync(403);
            await (await eve.PostAsync($"{page}/{verb}", [("form_proof", foreign)])).ShouldBePageAsync(404);
            await (await manager.PostAsync($"/devices/{ServiceFixture.NewDevice()}/{verb}", [("form_proof", proof)])).ShouldBePageAsync(404);
        }

        (await manager.PostAsync($"{page}/pause", [("form_proof", proof), ("reason", "In <b>repair</b>")])).ShouldLeadTo(page);
        (await fixture.Service.StatusAsync(device)).Text("health.reason")!.ShouldContain("In <b>repair</b>");
        var paused = await manager.PageAsync(page);
        HealthPages.TextOf(paused).ShouldContain("Let it go on");
        paused.ShouldNotContain("<b>repair");
        (await manager.PostAsync($"{page}/resume", [("form_proof", proof)])).ShouldLeadTo(page);
        (await fixture.Service.StatusAsync(device)).Text("health.state").ShouldBe("healthy");
        (await manager.PostAsync($"{page}/rewind", [("form_proof", proof)])).ShouldLeadTo(page);
        (await fixture.Service.StatusAsync(device)).Text("rewinds.requested.from").ShouldBe("1970-01-01");
        (await fixture.Service.QueryAsync<string>($"SELECT action FROM audit_log WHERE subject_id = (SELECT reference::text FROM devices WHERE device_id = '{device}') ORDER BY at")).ShouldBe(
            ["device.paused", "device.resumed", "device.rewind_requested"]);
    }

    [Fact]
    public async Task A_manager_puts_back_what_a_day_held_and_nobody_else_does()
    {
        using var bob = await fixture.ClientAsync("bob-who-shrank");
        var device = ServiceFixture.NewDevice();
        (await bob.PostEnvelopeAsync(ServiceFixture.Envelope(device).Rollup(Closed, row => row.Messages(42)))).ShouldBeStored();
        var version = Guid.NewGuid();
        await fixture.Service.NoteChangeAsync(device, Closed, ServiceFixture.Start, version);
        using var manager = await Visitor.SignedInAsync(fixture.Service, IngestService.Key);
        using var member = await Visitor.SignedInAsync(fixture.Service, bob.DefaultRequestHeaders.Authorization!.Parameter!);
        var (page, restore) = ($"/devices/{device}", $"/devices/{device}/changes/{version}/restore");
        (await member.PageAsync(page)).ShouldNotContain("Put back");
        await (await member.PostAsync(restore, [("form_proof", await member.ProofAsync(page))])).ShouldBePageAsync(403);
        (await manager.PageAsync(page)).ShouldContain(restore);
        var proof = await manager.ProofAsync(page);
        await (await manager.PostAsync(restore.Replace(version.ToString(), Guid.NewGuid().ToString(), StringComparison.Ordinal), [("form_proof", proof)])).ShouldBePageAsync(404);
        (await manager.PostAsync(restore, [("form_proof", proof)])).ShouldLeadTo(page);
        HealthPages.TextOf(await manager.PageAsync(page)).ShouldContain("49 messages in 1 row");
    }

    [Fact]
    public async Task A_code_for_a_device_is_made_on_its_page()
    {
        var key = await fixture.Service.Services.GetRequiredService<KeyStore>().CreateKeyAsync(IngestService.WorkspaceId, UserRole.Member, "carla");
        using var client = fixture.Service.ClientWith(key.Key);
        var device = ServiceFixture.NewDevice();
        (await client.PostEnvelopeAsync(ServiceFixture.Envelope(device).Rollup(Closed))).ShouldBeStored();
        await fixture.Service.Services.GetRequiredService<KeyStore>().RevokeKeyAsync(key.Key[..13]);
        await Eventually.TrueAsync(async () => await fixture.CountAsync("device_contacts", device) == 1, "the contact is written");
        using var manager = await Visitor.SignedInAsync(fixture.Service, IngestService.Key);
        var page = await manager.PageAsync($"/devices/{device}");
        page.ShouldContain("Make a code here");
        var owner = (await fixture.Service.QueryAsync<Guid>($"SELECT owner_user_id FROM devices WHERE device_id = '{device}'"))[0];
        page.ShouldContain($"<input type=\"hidden\" name=\"person\" value=\"{owner:D}\" />");
        await (await manager.PostAsync("/connect", [("form_proof", await manager.ProofAsync($"/devices/{device}")), ("person", $"{owner:D}"), ("device", device)])).ShouldBePageAsync();
        (await fixture.Service.QueryAsync<string>($"SELECT device_id FROM enrolments WHERE user_id = '{owner:D}'")).ShouldBe([device]);
    }

    [Fact]
    public void Every_refusal_that_an_envelope_can_meet_has_a_remedy_of_its_own()
    {
        var post = RouteTable.RoutesOf(fixture.Service).Single(route => route.Place == "POST /v1/ingest").Endpoint;
        var codes = post.Metadata.GetOrderedMetadata<Refusals>().SelectMany(refusals => refusals.Codes).Select(code => code.Code).Distinct().ToList();
        codes.Count.ShouldBeGreaterThan(20);
        codes.Except(RemedyRule.Codes).ShouldBeEmpty();
        RemedyRule.Codes.Except(ProblemCode.All.Select(code => code.Code)).ShouldBeEmpty("a remedy for what cannot be");
    }
}
