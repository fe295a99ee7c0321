using System.Net;
using System.Net.Sockets;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Faults;
using Ingest.Testing.OpenApi;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Transport;

/// <summary>Keys travel over HTTPS, and answers say what browsers must not do with them.</summary>
public sealed class TransportTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private const string Trusted = "Proxies:Trusted";
    private const string Loopback = "127.0.0.0/8";

    private static readonly (string, string)[] FromFarInClear = [("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "http")];
    private static readonly (string, string)[] FromFarOverTls = [("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "https")];

    [Fact]
    public async Task A_key_that_came_in_clear_from_far_is_403_and_stores_nothing()
    {
        await using var service = await fixture.InstanceAsync((Trusted, Loopback));
        var device = ServiceFixture.NewDevice();
        var envelope = ServiceFixture.Envelope(device).Rollup(ServiceFixture.Today);
        var refused = (await service.PostAsync(envelope, FromFarInClear)).ShouldBeRefused(403, "https_required");
        foreach (var word in new[] { "revoke", "https://", "Proxies__Trusted", "AllowPlainHttp" }) refused.Text("detail")!.ShouldContain(word);
        foreach (var table in ServiceFixture.DataTables) (await fixture.CountAsync(table, device)).ShouldBe(0, table);

        (await service.PostAsync(envelope, FromFarOverTls)).ShouldBeStored();

        // The daemons' poll for prices is the one thing they send without minding the scheme (C§3.1).
        (await AskAsync(service, "/v1/pricing/active", FromFarInClear)).ShouldBeRefused(403, "https_required");
        (await AskAsync(service, "/v1/pricing/active", FromFarOverTls)).ShouldBeRefused(404, "no_active_price_list");
    }

    [Fact]
    public async Task A_key_that_does_not_exist_is_refused_the_same_way_in_clear_so_that_nobody_learns_which_do()
    {
        await using var service = await fixture.InstanceAsync((Trusted, Loopback));
        using var stranger = service.ClientWith("budi_nobody-ever-made-this-key-0123456789");
        (await stranger.PostEnvelopeAsync("{}", FromFarInClear)).ShouldBeRefused(403, "https_required");
        using var nobody = service.ClientWithoutKey();
        (await nobody.PostEnvelopeAsync("{}", FromFarInClear)).ShouldBeRefused(401, "unauthorized");
    }

    [Fact]
    public async Task Health_is_open_in_clear()
    {
        await using var service = await fixture.InstanceAsync((Trusted, Loopback));
        foreach (var path in new[] { "/health/live", "/health/ready" }) (await AskAsync(service, path, FromFarInClear)).ShouldBeStored();
    }

    [Fact]
    public async Task The_named_way_out_lets_keys_through_in_clear()
    {
        await using var service = await fixture.InstanceAsync((Trusted, Loopback), ("AllowPlainHttp", "true"));
        (await service.PostAsync(ServiceFixture.Envelope(ServiceFixture.NewDevice()).Rollup(ServiceFixture.Today), FromFarInClear)).ShouldBeStored();
    }

    [Fact]
    [Fault(FaultArea.Limits, "X-Forwarded-Proto is forged over plain HTTP, by a machine that is no trusted proxy", "P7")]
    public async Task Whoever_is_not_trusted_cannot_claim_to_have_come_over_TLS()
    {
        var address = Array.Find(
            await Dns.GetHostAddressesAsync(Dns.GetHostName(), AddressFamily.InterNetwork, TestContext.Current.CancellationToken), found => !IPAddress.IsLoopback(found));
        Assert.SkipWhen(address is null, "This machine has no address but loopback.");
        await using var service = await fixture.InstanceAsync(("Urls", $"http://{address}:0"), (Trusted, "203.0.113.0/24"));
        service.Address.Host.ShouldBe(address.ToString());
        var device = ServiceFixture.NewDevice();
        (string, string)[][] forgeries = [[], FromFarOverTls, [("X-Forwarded-For", "127.0.0.1")], [("X-Forwarded-Proto", "https, https")], [("Forwarded", "for=127.0.0.1;proto=https")]];
        foreach (var forged in forgeries)
        {
            var answer = await service.PostAsync(ServiceFixture.Envelope(device).Rollup(ServiceFixture.Today), forged);
            answer.ShouldBeRefused(403, "https_required").Response.Headers.Contains("Strict-Transport-Security").ShouldBeFalse();
        }

        foreach (var table in ServiceFixture.DataTables) (await fixture.CountAsync(table, device)).ShouldBe(0, table);
        FaultRun.Report($"{forgeries.Length} ways", "all answered 403 https_required, 0 rows stored");
    }

    [Fact]
    public async Task Every_answer_says_to_take_its_type_as_it_is_and_none_names_the_server()
    {
        await using var service = await fixture.InstanceAsync((Trusted, Loopback));
        using var wire = new HttpClient { BaseAddress = service.Address };
        wire.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        foreach (var path in new[] { "/health/live", "/health/ready", ServedDocument.Path, "/swagger/index.html", "/nothing", "/v1/whoami", "/v1/ingest", "/v1/usage" })
        {
            using var answer = await wire.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"], path);
            answer.Headers.GetValues("Strict-Transport-Security").ShouldBe(["max-age=31536000"], path);
            foreach (var banner in new[] { "Server", "X-Powered-By" }) answer.Headers.Contains(banner).ShouldBeFalse(path);
        }

        (await service.GetAsync("/health/live")).Response.Headers.Contains("Strict-Transport-Security").ShouldBeFalse("nobody came over TLS");
    }

    [Fact]
    public async Task What_a_key_opens_is_kept_by_nobody_else_and_what_is_tagged_is_asked_for_again()
    {
        var device = ServiceFixture.NewDevice();
        var stored = (await fixture.Service.PostAsync(ServiceFixture.Envelope(device).Rollup(ServiceFixture.Today))).ShouldBeStored();
        CacheControl(stored).ShouldBe("no-store");
        foreach (var path in new[] { "/v1/whoami", "/v1/pricing/active", $"/v1/ingest/status?device_id={device}", "/v1/ingest/attempts", "/v1/ingest/quarantine" })
            CacheControl(await fixture.Service.GetAsync(path)).ShouldBe("no-store", path);
        foreach (var path in new[] { $"/v1/ingest/manifest?device_id={device}", "/v1/usage" })
            new[] { "private, no-cache", "no-cache, private", "no-store" }.ShouldContain(CacheControl(await fixture.Service.GetAsync(path)), path);
    }

    private static string? CacheControl(ServiceAnswer answer) => answer.Response.Headers.CacheControl?.ToString();

    private static async Task<ServiceAnswer> AskAsync(IngestService service, string path, (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await ServiceAnswer.ReadAsync(await service.Client.SendAsync(request));
    }
}
