using System.Net.Http.Headers;
using System.Text;
using Ingest.Api.Tests.Reconciliation;
using Ingest.Domain.Identity;
using Ingest.Persistence.Keys;
using Ingest.Persistence.Members;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Faults;
using Ingest.Testing.Service;
using Microsoft.Extensions.DependencyInjection;

namespace Ingest.Api.Tests.Keys;

/// <summary>P8, by walking: a key of another workspace, and one of another person, try every address with ids, cursors and entity tags that are not theirs.</summary>
public sealed class ForeignWalkTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private const string Canary = "canary-of-the-victim";

    private static readonly DateOnly Closed = ServiceFixture.Today.AddDays(-9);

    [Fact, Fault(FaultArea.Walls, "Every address asked with another's device, version, row, cursor and entity tag", "P8")]
    public async Task Whatever_is_asked_with_the_ids_of_another_is_answered_as_if_there_were_no_such_thing()
    {
        var victim = await VictimAsync();
        using var stranger = await fixture.ClientAsync("eve-walks", UserRole.Manager, "ws_walk");
        using var fellow = await fixture.ClientAsync("bob-walks");
        await stranger.PostEnvelopeAsync(EnvelopeBuilder.For("ws_walk").Device("own").Rollup(Closed));
        await fellow.PostEnvelopeAsync(ServiceFixture.Envelope("own-of-bob").Rollup(Closed));
        var before = await fixture.VersionsAsync(victim.Device);
        var nobody = victim with { Device = ServiceFixture.NewDevice(), Version = Guid.NewGuid(), Row = Guid.NewGuid(), User = Guid.NewGuid(), Key = Guid.NewGuid(), Papers = victim.Papers.OfNobody() };

        var asked = 0;
        foreach (var (client, own) in new[] { (stranger, "own"), (fellow, "own-of-bob") })
        {
            var walked = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (known, unknown) in Requests(victim, own).Zip(Requests(nobody, own)))
            {
                walked.Add(known.Route);
                var answer = await SendAsync(client, known);
                // A cursor is bound to the device it was given out for: beside an unknown one it is refused for that already.
                if (!known.Address.Contains("cursor=", StringComparison.Ordinal))
                    answer.ShouldBe((await SendAsync(client, unknown)).Replace(nobody.Device, victim.Device, StringComparison.Ordinal), $"{known.Route} {known.Address}");
                else if (answer.StartsWith("200", StringComparison.Ordinal)) answer.ShouldNotContain(victim.Device, Case.Sensitive, known.Address);
                else answer[..3].ShouldBeOneOf(["400", "403", "404"], known.Address);
                answer.ShouldNotContain(Canary, Case.Sensitive, known.Address);
                asked++;
            }

            walked.ShouldBe(RouteTable.KeyedRoutesOf(fixture.Service).Select(route => route.Place), ignoreOrder: true, "every address with a key has to be walked");
        }

        (await fixture.VersionsAsync(victim.Device)).ShouldBe(before);
        FaultRun.Report($"{asked} requests, each beside one for what does not exist", "the same answers to the letter, nothing written, nothing told");
    }

    private async Task<Victim> VictimAsync()
    {
        var service = fixture.Service;
        var keys = service.Services.GetRequiredService<KeyStore>();
        var owned = await keys.CreateAsync(Actor.Operator, new NewKey(IngestService.WorkspaceId, new KeyOwner.Person($"{Canary} with a key")) { Name = Canary });
        var device = ServiceFixture.NewDevice();
        var envelope = ServiceFixture.Envelope(device).Label(Canary).Rollup(Closed, row => row.Repo(Canary)).Rollup(Closed, row => row.Repo(Canary + "-2"))
            .Rollup(Closed.AddDays(1)).Session(Canary, session => session.Title(Canary)).Session(Canary + "-2").Window(ServiceFixture.Start).Window(ServiceFixture.Start.AddHours(-5));
        foreach (var count in new[] { "-1", "-2" }) envelope.RawRollup($$"""{"bucket_day": "{{Closed:yyyy-MM-dd}}", "role": "{{Canary}}", "message_count": {{count}}}""");
        (await service.PostAsync(envelope)).ShouldBeStored();
        (await service.PostAsync(envelope.Field("schema_version", "9"))).ShouldBeRefused(422, "unsupported_schema_version");
        var version = Guid.NewGuid();
        await service.NoteChangeAsync(device, Closed, ServiceFixture.Start, version);
        await service.NoteChangeAsync(device, Closed, ServiceFixture.Start.AddHours(1), Guid.NewGuid());
        await Eventually.TrueAsync(async () => await fixture.CountAsync("sync_attempts", device) == 2, "the attempts are written");

        async Task<string> CursorAsync(string address) => (await service.GetAsync(address + "&limit=1")).ShouldBeStored().Text("next_cursor")!;
        var manifest = await service.GetAsync($"/v1/ingest/manifest?device_id={device}");
        return new Victim(
            device,
            version,
            (await service.QueryAsync<Guid>($"SELECT id FROM quarantined_rows WHERE device_id = '{device}' LIMIT 1"))[0],
            manifest.Response.Headers.ETag!,
            await CursorAsync($"/v1/ingest/manifest?device_id={device}"),
            await CursorAsync($"/v1/ingest/rows?device_id={device}&bucket_day={Closed:yyyy-MM-dd}"),
            await CursorAsync($"/v1/ingest/changes?device_id={device}"),
            await CursorAsync($"/v1/ingest/attempts?device_id={device}"),
            await CursorAsync($"/v1/ingest/quarantine?device_id={device}"),
            await CursorAsync("/v1/devices?standing=active"),
            (await service.GetAsync($"/v1/devices/{device}/contents")).Response.Headers.ETag!,
            owned.UserId,
            owned.KeyId,
            await CursorAsync($"/v1/sessions?device_id={device}"),
            await CursorAsync("/v1/sessions?provider=claude_code"),
            await CursorAsync($"/v1/windows?device_id={device}"),
            await CursorAsync("/v1/members?"),
            await CursorAsync("/v1/keys?"),
            await PapersAsync(CursorAsync));
    }

    private async Task<Papers> PapersAsync(Func<string, Task<string>> cursorAsync)
    {
        var client = fixture.Service.Client;
        var person = (await fixture.Service.Services.GetRequiredService<MemberStore>().AddAsync(Actor.Operator, IngestService.WorkspaceId, Canary + "-in-person", UserRole.Member)).UserId;
        var (enrolment, invite) = ("", "");
        for (var i = 0; i < 2; i++)
        {
            enrolment = (await client.AskAsync("POST /v1/enrolments", $$"""{"user_id":"{{person}}","label":"{{Canary}}"}""")).ShouldBeCreated().Text("enrolment.enrolment_id")!;
            invite = (await client.AskAsync("POST /v1/invites", $$"""{"note":"{{Canary}}"}""")).ShouldBeCreated().Text("invite.invite_id")!;
        }

        return new Papers(
            person, Guid.Parse(enrolment), Guid.Parse(invite), await cursorAsync("/v1/enrolments?state=open"), await cursorAsync("/v1/invites?state=open"),
            await cursorAsync("/v1/audit?action=invite.created"));
    }

    /// <summary>What somebody would try who has learned the ids of the victim.</summary>
    private static IEnumerable<Asked> Requests(Victim of, string own)
    {
        var day = $"{Closed:yyyy-MM-dd}";
        yield return new("GET /v1/whoami", "/v1/whoami");
        yield return new("GET /v1/pricing/active", "/v1/pricing/active?since_version=0");
        yield return new("GET /v1/ingest/status", $"/v1/ingest/status?device_id={of.Device}");
        yield return new("GET /v1/ingest/manifest", $"/v1/ingest/manifest?device_id={of.Device}");
        yield return new("GET /v1/ingest/manifest", $"/v1/ingest/manifest?device_id={of.Device}") { Tag = of.Tag };
        yield return new("GET /v1/ingest/manifest", $"/v1/ingest/manifest?device_id={own}") { Tag = of.Tag };
        yield return new("GET /v1/ingest/manifest", $"/v1/ingest/manifest?device_id={of.Device}&cursor={of.ManifestCursor}");
        yield return new("GET /v1/ingest/manifest", $"/v1/ingest/manifest?device_id={own}&cursor={of.ManifestCursor}");
        yield return new("GET /v1/ingest/rows", $"/v1/ingest/rows?device_id={of.Device}&bucket_day={day}");
        yield return new("GET /v1/ingest/rows", $"/v1/ingest/rows?device_id={own}&bucket_day={day}&cursor={of.RowCursor}");
        yield return new("GET /v1/ingest/changes", $"/v1/ingest/changes?device_id={of.Device}");
        yield return new("GET /v1/ingest/changes", $"/v1/ingest/changes?device_id={own}&cursor={of.ChangeCursor}");
        yield return new("GET /v1/ingest/changes/{version_id}", $"/v1/ingest/changes/{of.Version}?device_id={of.Device}");
        yield return new("GET /v1/ingest/changes/{version_id}", $"/v1/ingest/changes/{of.Version}?device_id={own}");
        yield return new("POST /v1/ingest/changes/{version_id}/restore", $"/v1/ingest/changes/{of.Version}/restore?device_id={of.Device}") { Body = "" };
        yield return new("POST /v1/ingest/changes/{version_id}/restore", $"/v1/ingest/changes/{of.Version}/restore?device_id={own}") { Body = "" };
        yield return new("GET /v1/usage", $"/v1/usage?device_id={of.Device}");
        yield return new("GET /v1/usage", $"/v1/usage?from={day}&to={Closed.AddDays(3):yyyy-MM-dd}");
        yield return new("GET /v1/sessions", $"/v1/sessions?device_id={of.Device}");
        yield return new("GET /v1/sessions", $"/v1/sessions?user_id={of.User}");
        yield return new("GET /v1/sessions", $"/v1/sessions?repo_id={Canary}");
        yield return new("GET /v1/sessions", $"/v1/sessions?device_id={own}&cursor={of.SessionCursor}");
        yield return new("GET /v1/sessions", $"/v1/sessions?device_id={of.Device}&cursor={of.SessionCursor}");
        yield return new("GET /v1/sessions", $"/v1/sessions?provider=claude_code&cursor={of.OpenSessionCursor}");
        yield return new("GET /v1/session", $"/v1/session?device_id={of.Device}&session_id={Canary}");
        yield return new("GET /v1/session", $"/v1/session?device_id={own}&session_id={Canary}");
        yield return new("GET /v1/windows", $"/v1/windows?device_id={of.Device}");
        yield return new("GET /v1/windows", $"/v1/windows?user_id={of.User}");
        yield return new("GET /v1/windows", $"/v1/windows?device_id={own}&cursor={of.WindowCursor}");
        yield return new("GET /v1/ingest/attempts", $"/v1/ingest/attempts?device_id={of.Device}");
        yield return new("GET /v1/ingest/attempts", $"/v1/ingest/attempts?device_id={of.Device}&cursor={of.AttemptCursor}");
        yield return new("GET /v1/ingest/attempts", $"/v1/ingest/attempts?cursor={of.AttemptCursor}");
        yield return new("GET /v1/ingest/quarantine", $"/v1/ingest/quarantine?device_id={of.Device}");
        yield return new("GET /v1/ingest/quarantine", $"/v1/ingest/quarantine?device_id={of.Device}&cursor={of.QuarantineCursor}");
        yield return new("GET /v1/ingest/quarantine", $"/v1/ingest/quarantine?cursor={of.QuarantineCursor}");
        foreach (var verb in new[] { "replay", "discard" })
        {
            yield return new($"POST /v1/ingest/quarantine/{verb}", $"/v1/ingest/quarantine/{verb}") { Body = $$"""{"device_id":"{{of.Device}}","all":true}""" };
            yield return new($"POST /v1/ingest/quarantine/{verb}", $"/v1/ingest/quarantine/{verb}") { Body = $$"""{"device_id":"{{of.Device}}","ids":["{{of.Row}}"]}""" };
            yield return new($"POST /v1/ingest/quarantine/{verb}", $"/v1/ingest/quarantine/{verb}") { Body = $$"""{"device_id":"{{own}}","ids":["{{of.Row}}"]}""" };
        }

        yield return new("GET /v1/devices", "/v1/devices");
        yield return new("GET /v1/devices", $"/v1/devices?cursor={of.DeviceCursor}");
        yield return new("GET /v1/devices/{device_id}", $"/v1/devices/{of.Device}");
        yield return new("PATCH /v1/devices/{device_id}", $"/v1/devices/{of.Device}") { Body = """{"name":"mine"}""" };
        foreach (var verb in new[] { "pause", "resume", "revoke" })
            yield return new($"POST /v1/devices/{{device_id}}/{verb}", $"/v1/devices/{of.Device}/{verb}") { Body = """{"reason":"mine"}""" };
        yield return new("GET /v1/devices/{device_id}/contents", $"/v1/devices/{of.Device}/contents");
        yield return new("DELETE /v1/devices/{device_id}", $"/v1/devices/{of.Device}") { Match = of.ContentsTag };
        yield return new("GET /v1/devices/duplicates", "/v1/devices/duplicates");
        foreach (var (one, other) in new[] { (of.Device, own), (own, of.Device) })
        {
            yield return new("GET /v1/devices/{device_id}/merge", $"/v1/devices/{one}/merge?into={other}&as=continue");
            yield return new("POST /v1/devices/{device_id}/merge", $"/v1/devices/{one}/merge") { Body = $$"""{"into":"{{other}}","as":"continue"}""", Match = new EntityTagHeaderValue("\"0\"") };
            yield return new("POST /v1/devices/{device_id}/distinct", $"/v1/devices/{one}/distinct") { Body = $$"""{"other_device_id":"{{other}}"}""" };
            yield return new("DELETE /v1/devices/{device_id}/distinct/{other_device_id}", $"/v1/devices/{one}/distinct/{other}");
        }

        yield return new("GET /v1/workspace", "/v1/workspace");
        yield return new("PATCH /v1/workspace", "/v1/workspace") { Body = $$"""{"name":"{{Canary}}"}""", Match = new EntityTagHeaderValue("\"0\"") };
        yield return new("GET /v1/members", "/v1/members");
        yield return new("GET /v1/members", $"/v1/members?cursor={of.MemberCursor}");
        yield return new("POST /v1/members", "/v1/members") { Body = """{"name":"eve","role":"owner"}""" };
        yield return new("GET /v1/members/{user_id}", $"/v1/members/{of.User}");
        yield return new("PATCH /v1/members/{user_id}", $"/v1/members/{of.User}") { Body = """{"role":"viewer"}""" };
        yield return new("DELETE /v1/members/{user_id}", $"/v1/members/{of.User}");
        yield return new("GET /v1/keys", $"/v1/keys?user_id={of.User}");
        yield return new("GET /v1/keys", $"/v1/keys?cursor={of.KeyCursor}");
        yield return new("POST /v1/keys", "/v1/keys") { Body = $$"""{"name":"mine","user_id":"{{of.User}}"}""" };
        yield return new("POST /v1/keys/import", "/v1/keys/import") { Body = $$"""{"key":"budi_brought_from_elsewhere_0001","name":"mine","user_id":"{{of.User}}"}""" };
        yield return new("GET /v1/keys/{key_id}", $"/v1/keys/{of.Key}");
        yield return new("PATCH /v1/keys/{key_id}", $"/v1/keys/{of.Key}") { Body = """{"name":"mine"}""" };
        foreach (var verb in new[] { "rotate", "revoke" }) yield return new($"POST /v1/keys/{{key_id}}/{verb}", $"/v1/keys/{of.Key}/{verb}") { Body = "" };

        yield return new("DELETE /v1/devices/{device_id}/merge", $"/v1/devices/{of.Device}/merge");
        yield return new("GET /v1/enrolments", "/v1/enrolments");
        yield return new("GET /v1/enrolments", $"/v1/enrolments?state=open&cursor={of.Papers.EnrolmentCursor}");
        yield return new("POST /v1/enrolments", "/v1/enrolments") { Body = $$"""{"user_id":"{{of.Papers.Person}}"}""" };
        yield return new("DELETE /v1/enrolments/{enrolment_id}", $"/v1/enrolments/{of.Papers.Enrolment}");
        yield return new("GET /v1/invites", "/v1/invites");
        yield return new("GET /v1/invites", $"/v1/invites?state=open&cursor={of.Papers.InviteCursor}");
        yield return new("POST /v1/invites", "/v1/invites") { Body = """{"role":"owner"}""" };
        yield return new("DELETE /v1/invites/{invite_id}", $"/v1/invites/{of.Papers.Invite}");
        yield return new("GET /v1/audit", "/v1/audit");
        yield return new("GET /v1/audit", $"/v1/audit?device_id={of.Device}");
        yield return new("GET /v1/audit", $"/v1/audit?user_id={of.Papers.Person}");
        yield return new("GET /v1/audit", $"/v1/audit?action=invite.created&cursor={of.Papers.AuditCursor}");
        yield return new("POST /v1/ingest/rewind", "/v1/ingest/rewind") { Body = $$"""{"device_id":"{{of.Device}}"}""" };
        yield return new("POST /v1/ingest", "/v1/ingest") { Body = EnvelopeBuilder.For("ws_nobody").Device(of.Device).Rollup(Closed).ToJson() };
    }

    private static async Task<string> SendAsync(HttpClient client, Asked asked)
    {
        using var request = new HttpRequestMessage(new HttpMethod(asked.Route.Split(' ')[0]), asked.Address);
        if (asked.Body is not null) request.Content = new StringContent(asked.Body, Encoding.UTF8, "application/json");
        if (asked.Tag is not null) request.Headers.IfNoneMatch.Add(asked.Tag);
        if (asked.Match is not null) request.Headers.IfMatch.Add(asked.Match);
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var attempt = response.Headers.TryGetValues("Ingest-Attempt-Id", out var ids) ? ids.Single() : "";
        return $"{(int)response.StatusCode} {response.Headers.ETag} {(attempt.Length == 0 ? text : text.Replace(attempt, "", StringComparison.Ordinal))}";
    }

    private sealed record Asked(string Route, string Address)
    {
        public string? Body { get; init; }

        public EntityTagHeaderValue? Tag { get; init; }

        /// <summary>What a change of it would have to name.</summary>
        public EntityTagHeaderValue? Match { get; init; }
    }

    private sealed record Victim(
        string Device, Guid Version, Guid Row, EntityTagHeaderValue Tag, string ManifestCursor, string RowCursor, string ChangeCursor, string AttemptCursor,
        string QuarantineCursor,
        string DeviceCursor,
        EntityTagHeaderValue ContentsTag,
        Guid User,
        Guid Key,
        string SessionCursor,
        string OpenSessionCursor,
        string WindowCursor,
        string MemberCursor,
        string KeyCursor,
        Papers Papers);

    /// <summary>Of the victim's workspace: somebody, and how others get in.</summary>
    private sealed record Papers(Guid Person, Guid Enrolment, Guid Invite, string EnrolmentCursor, string InviteCursor, string AuditCursor)
    {
        public Papers OfNobody() => this with { Person = Guid.NewGuid(), Enrolment = Guid.NewGuid(), Invite = Guid.NewGuid() };
    }
}
