using System.Diagnostics;
using System.Net;
using Ingest.Domain.Identity;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Keys;
using Ingest.Persistence.Workspaces;
using Ingest.Testing.Identity;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Postgres;
using Ingest.Testing.Service;
using Microsoft.Extensions.DependencyInjection;

namespace Ingest.Api.Tests.Keys;

/// <summary>A 401 stops a stock daemon until a person restarts it: it is sent when the key is wrong, and never otherwise.</summary>
public sealed class KeyTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly string[] Paths = ["/v1/ingest/status?device_id=x", "/v1/whoami", "/v1/pricing/active"];

    private KeyStore Keys => fixture.Service.Services.GetRequiredService<KeyStore>();

    [Fact]
    public async Task The_stub_of_a_fresh_cloud_toml_is_told_that_it_is_one_and_what_to_do()
    {
        using var client = fixture.Service.ClientWith("PASTE_YOUR_KEY_HERE");
        foreach (var place in new[] { "GET /v1/whoami", "GET /v1/pricing/active?since_version=0", "POST /v1/ingest" })
        {
            var detail = (await client.AskAsync(place, place.StartsWith("POST", StringComparison.Ordinal) ? "{}" : null)).ShouldBeRefused(401, "unauthorized").Text("detail")!;
            foreach (var word in new[] { "the stub PASTE_YOUR_KEY_HERE, not a key", "cloud.toml", "restart the daemon", "enrolment code" }) detail.ShouldContain(word);
        }

        // Any other text that is no key is told what one looks like instead.
        using var other = fixture.Service.ClientWith("PASTE_YOUR_KEY_THERE");
        (await other.AnswerAsync("/v1/whoami")).ShouldBeRefused(401, "unauthorized").Text("detail")!.ShouldNotContain("stub");
    }

    [Fact]
    public async Task A_missing_or_unknown_key_is_401_everywhere_and_leaves_no_attempt()
    {
        using var nobody = fixture.Service.ClientWithoutKey();
        using var stranger = fixture.Service.ClientWith("budi_nobody-ever-made-this-key-0123456789");
        var device = ServiceFixture.NewDevice();
        foreach (var client in new[] { nobody, stranger })
        {
            var refused = (await client.PostEnvelopeAsync(ServiceFixture.Envelope(device).Rollup(ServiceFixture.Today))).ShouldBeRefused(401, "unauthorized");
            refused.Response.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
            foreach (var path in Paths) (await ServiceAnswer.ReadAsync(await client.GetAsync(path))).ShouldBeRefused(401, "unauthorized");
        }

        await using var other = await fixture.InstanceAsync();
        (await other.PostAsync(ServiceFixture.Envelope(device).Rollup(ServiceFixture.Today))).ShouldBeStored();
        await other.StopAsync();
        (await fixture.CountAsync("sync_attempts", device)).ShouldBe(1);
    }

    [Fact]
    public async Task A_revoked_key_is_refused_by_every_instance_within_a_second()
    {
        await using var other = await fixture.InstanceAsync();
        var key = await Keys.CreateKeyAsync(IngestService.WorkspaceId);
        HttpClient[] clients = [fixture.Service.ClientWith(key.Key), other.ClientWith(key.Key)];
        foreach (var client in clients) (await client.PostEnvelopeAsync(ServiceFixture.Envelope(ServiceFixture.NewDevice()))).ShouldBeStored();

        await Keys.RevokeKeyAsync(key.Prefix);
        var watch = Stopwatch.StartNew();
        foreach (var client in clients)
        {
            await Eventually.TrueAsync(
                async () => (await client.PostEnvelopeAsync(ServiceFixture.Envelope(ServiceFixture.NewDevice()))).Status == HttpStatusCode.Unauthorized, "the key is refused");
            client.Dispose();
        }

        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task When_a_key_was_used_is_known_at_the_latest_once_the_service_has_stopped()
    {
        await using var other = await fixture.InstanceAsync();
        var key = await Keys.CreateKeyAsync(IngestService.WorkspaceId);
        using (var client = other.ClientWith(key.Key)) await client.GetAsync(new Uri("/v1/whoami", UriKind.Relative));
        await other.StopAsync();
        var listed = (await Keys.ListAsync(IngestService.WorkspaceId)).Single(row => row.KeyId == key.KeyId);
        listed.LastUsedAt.ShouldNotBeNull();
        listed.LastPolledAt.ShouldBeNull();
    }

    [Fact]
    public async Task A_database_without_any_key_is_503_for_everyone()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await IngestService.StartAsync(database, null, ("Bootstrap:WorkspaceId", null!), ("Bootstrap:ApiKey", null!));
        (await service.PostAsync(ServiceFixture.Envelope(ServiceFixture.NewDevice()))).ShouldBeRefused(503, "not_set_up");
        using var nobody = service.ClientWithoutKey();
        (await nobody.PostEnvelopeAsync(ServiceFixture.Envelope(ServiceFixture.NewDevice()))).ShouldBeRefused(503, "not_set_up");
        foreach (var path in Paths) (await ServiceAnswer.ReadAsync(await nobody.GetAsync(path))).ShouldBeRefused(503, "not_set_up");

        await service.Services.GetRequiredService<WorkspaceStore>().CreateAsync(Actor.Operator, "later", "ws_later");
        var key = await service.Services.GetRequiredService<KeyStore>().CreateKeyAsync("ws_later");
        using var client = service.ClientWith(key.Key);
        (await client.PostEnvelopeAsync(EnvelopeBuilder.For("ws_later").Rollup(ServiceFixture.Today))).ShouldBeStored();
        (await service.PostAsync(ServiceFixture.Envelope(ServiceFixture.NewDevice()))).ShouldBeRefused(401, "unauthorized");
    }

    [Fact]
    public async Task In_maintenance_everyone_is_503_and_afterwards_everything_is_as_before()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await IngestService.StartAsync(database);
        var setup = service.Services.GetRequiredService<ServerSetup>();
        var device = ServiceFixture.NewDevice();
        (await service.PostAsync(ServiceFixture.Envelope(device).Rollup(ServiceFixture.Today))).ShouldBeStored();

        await setup.SetMaintenanceAsync(on: true);
        await Eventually.TrueAsync(async () => (await service.StatusAsync(device)).Status == HttpStatusCode.ServiceUnavailable, "maintenance is known");
        (await service.PostAsync(ServiceFixture.Envelope(device).Rollup(ServiceFixture.Today))).ShouldBeRefused(503, "maintenance");
        using var nobody = service.ClientWithoutKey();
        (await nobody.PostEnvelopeAsync(ServiceFixture.Envelope(device))).ShouldBeRefused(503, "maintenance");
        foreach (var path in Paths) (await service.GetAsync(path)).ShouldBeRefused(503, "maintenance");

        await setup.SetMaintenanceAsync(on: false);
        await Eventually.TrueAsync(async () => (await service.StatusAsync(device)).Status == HttpStatusCode.OK, "maintenance is over");
        (await nobody.PostEnvelopeAsync(ServiceFixture.Envelope(device))).ShouldBeRefused(401, "unauthorized");
    }
}
