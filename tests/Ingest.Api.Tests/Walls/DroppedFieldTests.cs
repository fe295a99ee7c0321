using System.Text.Json.Nodes;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Walls;

/// <summary>What may not be sent is counted by name, device by device, for whoever runs the fleet.</summary>
public sealed class DroppedFieldTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task What_a_device_sends_and_may_not_is_counted_in_its_status()
    {
        var (service, device) = (fixture.Service, ServiceFixture.NewDevice());
        var envelope = ServiceFixture.Envelope(device).Field("userEmail", "\"x\"").Rollup(ServiceFixture.Today, row => row.Raw("cwd", "\"x\"").Raw("made_up", "1"));
        (await service.PostAsync(envelope)).ShouldBeStored();
        var first = await ToldAsync(service, device, total => total == 2);
        first.Select(Name).ShouldBe(["cwd path 1", "user_email email 1"]);
        first.ShouldAllBe(field => field!["last_at"]!.GetValue<DateTimeOffset>() > ServiceFixture.Start.AddMinutes(-1));

        // Envelopes that change nothing and such as are refused count as well; and another instance counts into the same rows.
        await using var other = await fixture.InstanceAsync();
        (await other.PostAsync(envelope)).ShouldBeStored();
        (await other.PostAsync(ServiceFixture.Envelope(device).Field("payload", "1").Field("prompt", "1"))).ShouldBeRefused(422, "invalid_envelope");
        await other.StopAsync();
        (await ToldAsync(service, device, total => total == 5)).Select(Name).ShouldBe(["cwd path 2", "prompt content 1", "user_email email 2"]);
    }

    [Fact]
    public async Task A_device_that_sends_the_contract_and_nothing_else_has_none()
    {
        var device = ServiceFixture.NewDevice();
        (await fixture.Service.PostAsync(ServiceFixture.Envelope(device).Rollup(ServiceFixture.Today, row => row.Raw("of_a_later_version", "{\"a\": 1}")))).ShouldBeStored();
        (await fixture.Service.StatusAsync(device))["dropped_fields"]!.AsArray().ShouldBeEmpty();
    }

    private static string Name(JsonNode? field) => $"{field!["name"]} {field["kind"]} {field["total"]}";

    private static async Task<List<JsonNode?>> ToldAsync(IngestService service, string device, Func<long, bool> enough)
    {
        List<JsonNode?> told = [];
        await Eventually.TrueAsync(
            async () =>
            {
                told = [.. (await service.StatusAsync(device))["dropped_fields"]!.AsArray()];
                return enough(told.Sum(field => field!["total"]!.GetValue<long>()));
            },
            "what was dropped is written");
        return told;
    }
}
