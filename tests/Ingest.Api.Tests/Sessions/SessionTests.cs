using System.Text.Json;
using System.Text.Json.Nodes;
using Ingest.Testing.OpenApi;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Sessions;

/// <summary>One session, as it was sent.</summary>
public sealed class SessionTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly string[] NotOfAnEnvelope = ["device", "last_active_at", "duration_ms", "vitals", "synced_at"];

    private IngestService Service => fixture.Service;

    [Fact]
    public async Task The_envelope_of_the_document_comes_back_with_its_title_and_vitals()
    {
        var document = await Service.DocumentAsync();
        var envelope = document.Operation(HttpMethod.Post, "/v1/ingest")!["requestBody"]!["content"]!["application/json"]!["examples"]!["version_3"]!["value"]!.DeepClone();
        var device = ServiceFixture.NewDevice();
        (envelope["device_id"], envelope["synced_at"]) = (device, "2026-05-14T18:00:00.123456789+00:00");
        (await Service.PostAsync(envelope.ToJsonString())).ShouldBeStored();
        var sent = envelope["payload"]!["session_summaries"]![0]!.AsObject();

        var given = (await Service.GetAsync($"/v1/session?device_id={device}&session_id={sent["session_id"]}")).ShouldBeStored();
        foreach (var (name, value) in sent)
        {
            if (!name.StartsWith("vital_", StringComparison.Ordinal)) ShouldTellTheSame(given[name], value, name);
            else if (name == "vital_overall_state") given.Text(name).ShouldBe((string)value!);
            else ShouldTellTheSame(given[$"vitals.{name[6..name.LastIndexOf('_')]}.{name[(name.LastIndexOf('_') + 1)..]}"], value, name);
        }

        given.Body!.AsObject().Select(member => member.Key).Except(NotOfAnEnvelope).ShouldBe(sent.Select(member => member.Key).Where(name => !name.StartsWith("vital_", StringComparison.Ordinal)).Append("vital_overall_state"), ignoreOrder: true);
        given.Text("last_active_at").ShouldBe(given.Text("ended_at"));
        given.Text("synced_at").ShouldBe("2026-05-14T18:00:00.123456+00:00");
        given["duration_ms"].ShouldBeNull();
        given.Text("device.device_id").ShouldBe(device);
        given.Text("device.label").ShouldBe("dev-mbp");
        given["device.name"].ShouldBeNull();
        given.Text("device.owner.name").ShouldNotBeNullOrEmpty();

        (await Service.Client.AskAsync($"PATCH /v1/devices/{device}", """{"name":"Ada's laptop"}""")).ShouldBeStored();
        var listed = (await Service.GetAsync($"/v1/sessions?device_id={device}")).ShouldBeStored()["sessions"]![0]!.AsObject();
        ((string)listed["device"]!["name"]!).ShouldBe("Ada's laptop");
        listed.ContainsKey("vitals").ShouldBeFalse("a list has the verdict alone");
        ((string)listed["vital_overall_state"]!).ShouldBe("yellow");
    }

    [Fact]
    public async Task What_a_device_does_not_say_is_null()
    {
        var device = ServiceFixture.NewDevice();
        (await Service.PostAsync(ServiceFixture.Envelope(device).Session("bare"))).ShouldBeStored();
        var given = (await Service.GetAsync($"/v1/session?device_id={device}&session_id=bare")).ShouldBeStored();
        foreach (var name in new[] { "ended_at", "duration_ms", "repo_id", "git_branch", "ticket", "ticket_source", "primary_model", "title", "vital_overall_state" })
            given[name].ShouldBeNull(name);
        given["vitals"]!.ToJsonString().ShouldBe(
            """{"context_drag":{"state":null,"metric":null},"cache_efficiency":{"state":null,"metric":null},"thrashing":{"state":null,"metric":null},"cost_acceleration":{"state":null,"metric":null}}""");
        given.Text("last_active_at").ShouldBe(given.Text("started_at"));
    }

    [Theory]
    [InlineData("../../v1/keys")]
    [InlineData("a/b//c")]
    [InlineData("100%2F")]
    [InlineData("größe 🙂?&=#+")]
    public async Task Whatever_a_tool_calls_its_session_can_be_asked_for(string session)
    {
        var device = ServiceFixture.NewDevice();
        (await Service.PostAsync(ServiceFixture.Envelope(device).Session(session))).ShouldBeStored();
        var listed = (await Service.GetAsync($"/v1/sessions?device_id={device}")).ShouldBeStored()["sessions"]![0]!;
        var id = (string)listed["session_id"]!;
        (await Service.GetAsync($"/v1/session?device_id={device}&session_id={Uri.EscapeDataString(id)}")).ShouldBeStored().Text("session_id").ShouldBe(id);
        (await Service.GetAsync($"/v1/session?device_id={device}&session_id={Uri.EscapeDataString(id + "x")}")).ShouldBeRefused(404, "session_not_found");
    }

    [Theory]
    [InlineData("/v1/sessions", "page")]
    [InlineData("/v1/session", "session")]
    [InlineData("/v1/windows", "page")]
    public async Task The_answer_shown_has_the_members_of_the_one_given(string address, string example)
    {
        var device = ServiceFixture.NewDevice();
        (await Service.PostAsync(ServiceFixture.Envelope(device).Session("s").Window(ServiceFixture.Start))).ShouldBeStored();
        var shown = (await Service.DocumentAsync()).Operation(HttpMethod.Get, address)!["responses"]!["200"]!["content"]!["application/json"]!["examples"]![example]!["value"]!;
        var given = (await Service.GetAsync($"{address}?device_id={device}{(address == "/v1/session" ? "&session_id=s" : "")}")).ShouldBeStored().Body!;
        Members(given).ShouldBe(Members(shown));
    }

    private static IEnumerable<string> Members(JsonNode? node, string path = "") => node switch
    {
        JsonObject members => members.SelectMany(member => Members(member.Value, $"{path}.{member.Key}").Prepend($"{path}.{member.Key}")),
        JsonArray { Count: > 0 } entries => Members(entries[0], path + "[]"),
        _ => [],
    };

    private static void ShouldTellTheSame(JsonNode? given, JsonNode? sent, string name)
    {
        if (sent!.GetValueKind() == JsonValueKind.Number) given!.GetValue<decimal>().ShouldBe(sent.GetValue<decimal>(), name);
        else if (name.EndsWith("_at", StringComparison.Ordinal)) given!.GetValue<DateTimeOffset>().ShouldBe(sent.GetValue<DateTimeOffset>(), name);
        else given!.GetValue<string>().ShouldBe(sent.GetValue<string>(), name);
    }
}
