using System.Text;
using Ingest.Api.Tests.Operator;
using Ingest.Domain.Identity;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Rewinds;

/// <summary>Who may ask which devices to send again, and that asking takes down no more and no less.</summary>
public sealed class RewindRequestTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly DateOnly Today = ServiceFixture.Today;

    private IngestService Service => fixture.Service;

    [Fact]
    public async Task One_device_is_asked_from_the_earliest_day_that_anybody_named()
    {
        var (device, other) = (await DeviceAsync(), await DeviceAsync());
        var answer = (await PostAsync($$"""{"device_id":"{{device.ToUpperInvariant()}}","from":"2026-05-02"}""")).ShouldBeStored();
        answer.Body!.ToJsonString().ShouldBe("""{"devices":1,"from":"2026-05-02","verify":false}""");
        (await RequestedAsync(device)).ShouldBe(["2026-05-02 false"]);

        (await PostAsync($$"""{"device_id":"{{device}}","from":"2026-05-09","verify":true,"all":null}""")).ShouldBeStored();
        (await RequestedAsync(device)).ShouldBe(["2026-05-02 true"]);

        (await PostAsync($$"""{"device_id":"{{device}}","all":false}""")).ShouldBeStored().Text("from").ShouldBe("1970-01-01");
        (await RequestedAsync(device)).ShouldBe(["1970-01-01 true"]);
        (await RequestedAsync(other)).ShouldBe(["none false"]);
    }

    [Fact]
    public async Task All_devices_are_those_of_the_keys_workspace()
    {
        using var ada = await fixture.ClientAsync("ada", UserRole.Manager, "ws_rewinding");
        var (first, second, foreign) = (ServiceFixture.NewDevice(), ServiceFixture.NewDevice(), await DeviceAsync());
        foreach (var device in new[] { first, second }) await ada.PostEnvelopeAsync(EnvelopeBuilder.For("ws_rewinding").Device(device).Rollup(Today));

        (await PostAsync("""{"all":true,"from":"2026-05-14"}""", ada)).ShouldBeStored()["devices"]!.GetValue<int>().ShouldBe(2);
        foreach (var device in new[] { first, second }) (await RequestedAsync(device)).ShouldBe(["2026-05-14 false"]);
        (await RequestedAsync(foreign)).ShouldBe(["none false"]);
    }

    [Fact]
    public async Task A_device_that_does_not_exist_and_one_of_another_workspace_are_answered_alike()
    {
        using var eve = await fixture.ClientAsync("eve", UserRole.Manager, "ws_eve");
        var device = await DeviceAsync();
        var foreign = (await PostAsync($$"""{"device_id":"{{device}}"}""", eve)).ShouldBeRefused(404, "device_not_found");
        var unknown = (await PostAsync("""{"device_id":"nobodys"}""", eve)).ShouldBeRefused(404, "device_not_found");
        foreign.Text("detail").ShouldBe(unknown.Text("detail"));
        (await RequestedAsync(device)).ShouldBe(["none false"]);
    }

    [Fact]
    public async Task A_member_may_not_ask_not_even_for_an_own_device()
    {
        using var bob = await fixture.ClientAsync("bob");
        var device = ServiceFixture.NewDevice();
        await bob.PostEnvelopeAsync(ServiceFixture.Envelope(device).Rollup(Today));
        (await PostAsync($$"""{"device_id":"{{device}}"}""", bob)).ShouldBeRefused(403, "role_missing").Text("detail")!.ShouldContain("manager");
        (await RequestedAsync(device)).ShouldBe(["none false"]);
    }

    [Theory]
    [InlineData("{}", "$.device_id", "required")]
    [InlineData("""{"all":false}""", "$.device_id", "required")]
    [InlineData("""{"device_id":"a","all":true}""", "$.all", "invalid_format")]
    [InlineData("""{"all":true,"form":"2026-05-01"}""", "$.form", "unknown_field")]
    [InlineData("""{"all":"yes"}""", "$.all", "wrong_type")]
    [InlineData("""{"all":true,"verify":1}""", "$.verify", "wrong_type")]
    [InlineData("""{"device_id":7}""", "$.device_id", "wrong_type")]
    [InlineData("""{"device_id":"a b"}""", "$.device_id", "invalid_format")]
    [InlineData("""{"all":true,"from":"2026-5-1"}""", "$.from", "invalid_day")]
    [InlineData("""{"all":true,"from":"2026-05-15"}""", "$.from", "out_of_range")]
    [InlineData("""[]""", "$", "wrong_type")]
    public async Task What_cannot_be_meant_is_refused_with_its_place_and_nothing_is_asked(string body, string path, string code)
    {
        var device = await DeviceAsync();
        var error = (await PostAsync(body)).ShouldBeRefused(422, "invalid_request")["errors"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)error["path"]!).ShouldBe(path);
        ((string)error["code"]!).ShouldBe(code);
        (await RequestedAsync(device)).ShouldBe(["none false"]);
    }

    [Theory]
    [InlineData("", 400, "no_body")]
    [InlineData("{", 400, "invalid_json")]
    [InlineData("""{"all":true,"all":true}""", 400, "invalid_json")]
    [InlineData("""{"device_id":"\ud800"}""", 400, "invalid_json")]
    [InlineData("""{"\ud800":1}""", 400, "invalid_json")]
    public async Task What_is_no_JSON_is_400(string body, int status, string code) => (await PostAsync(body)).ShouldBeRefused(status, code);

    [Fact]
    public async Task A_long_body_is_413() =>
        (await PostAsync("{\"all\":true" + new string(' ', 20_000) + "}")).ShouldBeRefused(413, "body_too_large").Text("detail")!.ShouldContain("16384");

    [Fact]
    public async Task The_verb_asks_across_workspaces_and_wants_a_workspace_where_an_id_is_in_several()
    {
        using var cy = await fixture.ClientAsync("cy", UserRole.Manager, "ws_cy");
        var (shared, single) = ("dev_shared", ServiceFixture.NewDevice());
        await Service.PostAsync(ServiceFixture.Envelope(shared).Rollup(Today));
        await cy.PostEnvelopeAsync(EnvelopeBuilder.For("ws_cy").Device(shared).Rollup(Today));
        await cy.PostEnvelopeAsync(EnvelopeBuilder.For("ws_cy").Device(single).Rollup(Today));

        (await RunAsync("device", "rewind", single, "--from", "2026-05-03", "--verify")).Output.ShouldContain("One device is asked to send again, from 2026-05-03 on");
        (await RequestedAsync(single)).ShouldBe(["2026-05-03 true"]);

        var ambiguous = await RunAsync("device", "rewind", shared);
        ambiguous.Code.ShouldBe(1);
        ambiguous.Error.ShouldContain($"{IngestService.WorkspaceId}, ws_cy".Split(", ").Order(StringComparer.Ordinal).Aggregate((a, b) => $"{a}, {b}"));
        (await RequestedAsync(shared)).ShouldBe(["none false", "none false"]);

        (await RunAsync("device", "rewind", shared, "--workspace", "ws_cy")).Code.ShouldBe(0);
        (await RequestedAsync(shared)).ShouldBe(["1970-01-01 false", "none false"]);
        (await RunAsync("device", "rewind", single, "--workspace", IngestService.WorkspaceId)).Error.ShouldContain("has ever synced to workspace");
        (await RunAsync("device", "rewind", "--all", "--workspace", "ws_none")).Error.ShouldContain("There is no workspace \"ws_none\"");
        (await RunAsync("device", "rewind", "nobodys")).Error.ShouldContain("has ever synced to this server");

        (await RunAsync("device", "rewind", "--all", "--workspace", "ws_cy", "--format", "json")).Output.ShouldContain("\"devices\": 2");
        var everywhere = (await Service.QueryAsync<long>("SELECT count(*) FROM devices"))[0];
        (await RunAsync("device", "rewind", "--all", "--format", "json")).Output.ShouldContain($"\"devices\": {everywhere}");
        (await Service.QueryAsync<long>("SELECT count(*) FROM devices WHERE requested_from IS NULL")).ShouldBe([0]);
    }

    private async Task<string> DeviceAsync()
    {
        var device = ServiceFixture.NewDevice();
        (await Service.PostAsync(ServiceFixture.Envelope(device).Rollup(Today))).ShouldBeStored();
        return device;
    }

    private Task<List<string>> RequestedAsync(string device) => Service.QueryAsync<string>(
        $"SELECT coalesce(requested_from::text, 'none') || ' ' || requested_verify FROM devices WHERE device_id = '{device}' ORDER BY 1");

    private async Task<ServiceAnswer> PostAsync(string body, HttpClient? client = null)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await ServiceAnswer.ReadAsync(await (client ?? Service.Client).PostAsync(new Uri("/v1/ingest/rewind", UriKind.Relative), content));
    }

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) =>
        OperatorRun.RunAsync([KeyValuePair.Create("ConnectionStrings:Ingest", (string?)fixture.Database.ConnectionString)], arguments);
}
