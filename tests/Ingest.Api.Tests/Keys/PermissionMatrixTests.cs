using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Ingest.Api.Authentication;
using Ingest.Domain.Identity;
using Ingest.Persistence.Members;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Service;
using Microsoft.Extensions.DependencyInjection;

namespace Ingest.Api.Tests.Keys;

/// <summary>
/// Who may do what: every address of the route table, asked by every role with every set of scopes, about devices of one's own, of a colleague and of
/// another workspace. What is expected is written down here once more, apart from the code: an address that this table does not know fails.
/// </summary>
public sealed partial class PermissionMatrixTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private const string Anyone = "anyone";
    private const string Ingest = "ingest";
    private const string Status = "status";
    private const string Read = "read";
    private const string Manage = "manage";

    private static readonly DateOnly Day = ServiceFixture.Today.AddDays(-9);

    private static readonly Dictionary<string, string> Rules = new(StringComparer.Ordinal)
    {
        ["POST /v1/ingest"] = Ingest,
        ["GET /v1/ingest/status"] = Status,
        ["POST /v1/ingest/rewind"] = Manage,
        ["GET /v1/ingest/manifest"] = Read,
        ["GET /v1/ingest/rows"] = Read,
        ["GET /v1/ingest/changes"] = Read,
        ["GET /v1/ingest/changes/{version_id}"] = Read,
        ["POST /v1/ingest/changes/{version_id}/restore"] = Manage,
        ["GET /v1/usage"] = Read,
        ["GET /v1/sessions"] = Read,
        ["GET /v1/session"] = Read,
        ["GET /v1/windows"] = Read,
        ["GET /v1/ingest/attempts"] = Read,
        ["GET /v1/ingest/quarantine"] = Read,
        ["POST /v1/ingest/quarantine/replay"] = Manage,
        ["POST /v1/ingest/quarantine/discard"] = Manage,
        ["GET /v1/devices"] = Read,
        ["GET /v1/devices/{device_id}"] = Read,
        ["PATCH /v1/devices/{device_id}"] = Manage,
        ["DELETE /v1/devices/{device_id}"] = Manage,
        ["POST /v1/devices/{device_id}/pause"] = Manage,
        ["POST /v1/devices/{device_id}/resume"] = Manage,
        ["POST /v1/devices/{device_id}/revoke"] = Manage,
        ["GET /v1/devices/{device_id}/contents"] = Manage,
        ["GET /v1/devices/duplicates"] = Manage,
        ["GET /v1/devices/{device_id}/merge"] = Manage,
        ["POST /v1/devices/{device_id}/merge"] = Manage,
        ["DELETE /v1/devices/{device_id}/merge"] = Manage,
        ["POST /v1/devices/{device_id}/distinct"] = Manage,
        ["DELETE /v1/devices/{device_id}/distinct/{other_device_id}"] = Manage,
        ["GET /v1/workspace"] = Read,
        ["PATCH /v1/workspace"] = Manage,
        ["GET /v1/members"] = Manage,
        ["POST /v1/members"] = Manage,
        ["GET /v1/members/{user_id}"] = Manage,
        ["PATCH /v1/members/{user_id}"] = Manage,
        ["DELETE /v1/members/{user_id}"] = Manage,
        ["GET /v1/keys"] = Manage,
        ["POST /v1/keys"] = Manage,
        ["POST /v1/keys/import"] = Manage,
        ["GET /v1/keys/{key_id}"] = Manage,
        ["PATCH /v1/keys/{key_id}"] = Manage,
        ["POST /v1/keys/{key_id}/revoke"] = Manage,
        ["POST /v1/keys/{key_id}/rotate"] = Manage,
        ["GET /v1/enrolments"] = Manage,
        ["POST /v1/enrolments"] = Manage,
        ["DELETE /v1/enrolments/{enrolment_id}"] = Manage,
        ["GET /v1/invites"] = Manage,
        ["POST /v1/invites"] = Manage,
        ["DELETE /v1/invites/{invite_id}"] = Manage,
        ["GET /v1/audit"] = Manage,
        ["GET /v1/whoami"] = Anyone,
        ["GET /v1/pricing/active"] = Anyone,
    };

    /// <summary>Those that answer about one device, or refuse it as if it were not there.</summary>
    private static readonly string[] AboutOneDevice =
    [
        "GET /v1/ingest/status", "GET /v1/ingest/manifest", "GET /v1/ingest/rows", "GET /v1/ingest/changes", "GET /v1/usage", "GET /v1/sessions", "GET /v1/session", "GET /v1/windows", "GET /v1/devices/{device_id}",
        "GET /v1/devices/{device_id}/contents",
    ];

    /// <summary>Those that list what stands under any device: of one that is not seen they list nothing.</summary>
    private static readonly string[] Lists = ["GET /v1/ingest/attempts", "GET /v1/ingest/quarantine", "GET /v1/devices"];

    [Fact]
    public void Every_address_with_a_key_has_a_rule()
    {
        var routes = RouteTable.KeyedRoutesOf(fixture.Service);
        routes.Select(route => route.Place).ShouldBe(Rules.Keys, ignoreOrder: true, "a new address needs a rule here");
        foreach (var (place, endpoint) in routes) endpoint.Metadata.GetMetadata<Requires>().ShouldNotBeNull($"{place} says nothing of what it asks of a key");
    }

    [Theory]
    [InlineData(UserRole.Owner)]
    [InlineData(UserRole.Manager)]
    [InlineData(UserRole.Member)]
    [InlineData(UserRole.Viewer)]
    public async Task Every_address_answers_every_set_of_scopes_as_its_rule_says(UserRole role)
    {
        var service = fixture.Service;
        var person = (await service.Services.GetRequiredService<MemberStore>().AddAsync(Actor.Operator, IngestService.WorkspaceId, $"matrix {role}", role)).UserId;
        var (own, colleagues, foreign) = (await DeviceAsync(person), await DeviceAsync(owner: null), await ForeignDeviceAsync(role));

        for (var scopes = KeyScopes.None; scopes <= KeyScopes.All; scopes++)
        {
            using var client = service.ClientWith(await KeyAsync(person, scopes));
            foreach (var (place, rule) in Rules)
            {
                var about = $"{place} as {role} with {scopes}";
                if (!MayAsk(role, scopes, rule))
                {
                    var refused = await SendAsync(client, place, own);
                    ((int)refused.Status).ShouldBe(403, about);
                    refused.Text("code").ShouldBeOneOf("role_missing", "scope_missing");
                    continue;
                }

                foreach (var (device, isSeen) in new[] { (own, true), (colleagues, SeesAll(role, scopes)), (foreign, false) })
                {
                    var answer = await SendAsync(client, place, device);
                    ((int)answer.Status).ShouldNotBe(403, about);
                    ((int)answer.Status).ShouldNotBe(401, about);
                    ((int)answer.Status).ShouldBeLessThan(500, about);
                    if (AboutOneDevice.Contains(place)) ((int)answer.Status).ShouldBe(isSeen ? 200 : 404, $"{about} of {device}");
                    if (Lists.Contains(place)) answer.Body!.ToJsonString().Contains(device, StringComparison.Ordinal).ShouldBe(isSeen, $"{about} of {device}");
                }
            }
        }
    }

    private static bool MayAsk(UserRole role, KeyScopes scopes, string rule)
    {
        bool Has(KeyScopes scope) => scopes.HasFlag(scope) && role switch
        {
            UserRole.Member => scope is KeyScopes.Ingest or KeyScopes.ReadOwn,
            UserRole.Viewer => scope is KeyScopes.ReadOwn or KeyScopes.Read,
            _ => true,
        };
        return rule switch
        {
            Anyone => true,
            Ingest => Has(KeyScopes.Ingest),
            Status => Has(KeyScopes.Ingest) || Has(KeyScopes.ReadOwn) || Has(KeyScopes.Read) || Has(KeyScopes.Manage),
            Read => Has(KeyScopes.ReadOwn) || Has(KeyScopes.Read) || Has(KeyScopes.Manage),
            _ => Has(KeyScopes.Manage),
        };
    }

    private static bool SeesAll(UserRole role, KeyScopes scopes) =>
        role != UserRole.Member && (scopes.HasFlag(KeyScopes.Read) || (scopes.HasFlag(KeyScopes.Manage) && role != UserRole.Viewer));

    /// <summary>A request that would do no harm if it were let through: what changes something names nothing that exists.</summary>
    private static async Task<ServiceAnswer> SendAsync(HttpClient client, string place, string device)
    {
        var (method, route) = (place.Split(' ')[0], place.Split(' ')[1]);
        var isRead = method == "GET";
        var address = Parameter().Replace(route, match => match.Value == "{device_id}" && isRead ? device : Guid.NewGuid().ToString());
        using var request = new HttpRequestMessage(new HttpMethod(method), $"{address}?device_id={device}&bucket_day={Day:yyyy-MM-dd}&session_id=s&limit=1000");
        if (!isRead) request.Content = new StringContent("{}", Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        return await ServiceAnswer.ReadAsync(await client.SendAsync(request));
    }

    /// <summary>As the database holds it, whatever the API would refuse to make.</summary>
    private async Task<string> KeyAsync(Guid person, KeyScopes scopes)
    {
        var key = "budi_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        var names = string.Join(',', KeyScopeNames.Of(scopes).Select(name => $"\"{name}\""));
        await fixture.Service.ExecuteAsync(
            $$"""
            INSERT INTO api_keys (workspace_id, key_id, user_id, key_hash, prefix, created_at, scopes, as_owner)
            VALUES ('{{IngestService.WorkspaceId}}', '{{Guid.NewGuid()}}', '{{person}}', sha256('{{key}}'::bytea), '{{key[..13]}}', now(), '{{{names}}}',
                    (SELECT role = 'owner' FROM users WHERE user_id = '{{person}}'))
            """);
        return key;
    }

    private async Task<string> DeviceAsync(Guid? owner)
    {
        var device = ServiceFixture.NewDevice();
        (await fixture.Service.PostAsync(Full(ServiceFixture.Envelope(device)))).ShouldBeStored();
        if (owner is not null) await fixture.Service.ExecuteAsync($"UPDATE devices SET owner_user_id = '{owner}' WHERE device_id = '{device}'");
        await Eventually.TrueAsync(async () => await fixture.CountAsync("sync_attempts", device) == 1, "the attempt is written");
        return device;
    }

    private async Task<string> ForeignDeviceAsync(UserRole role)
    {
        var (device, workspace) = (ServiceFixture.NewDevice(), $"ws_matrix_{role}");
        using var stranger = await fixture.ClientAsync("stranger", UserRole.Manager, workspace);
        (await stranger.PostEnvelopeAsync(Full(EnvelopeBuilder.For(workspace).Device(device)))).ShouldBeStored();
        return device;
    }

    private static EnvelopeBuilder Full(EnvelopeBuilder envelope) =>
        envelope.Rollup(Day).Session("s").RawRollup($$"""{"bucket_day": "{{Day:yyyy-MM-dd}}", "role": "assistant", "message_count": -1}""");

    [GeneratedRegex("\\{[^}]*\\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Parameter();
}
