using Ingest.Domain.Identity;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Keys;

/// <summary>P8: no request reads or writes another workspace's rows, or learns that they exist.</summary>
public sealed class TenantTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly DateOnly Today = ServiceFixture.Today;

    [Fact]
    public async Task The_same_device_id_in_two_workspaces_is_two_devices_in_every_table()
    {
        var device = ServiceFixture.NewDevice();
        using var other = await fixture.ClientAsync("ada", UserRole.Manager, "ws_other");
        await fixture.Service.PostAsync(Full(IngestService.WorkspaceId, device, 1));
        (await other.PostEnvelopeAsync(Full("ws_other", device, 2))).ShouldBeStored()["rows.changed"]!.GetValue<int>().ShouldBe(3);
        (await other.PostEnvelopeAsync(Full("ws_other", device, 2).Session("more"))).ShouldBeStored();

        foreach (var table in new[] { "daily_rollups", "session_summaries", "window_summaries", "device_days" })
        {
            (await fixture.Service.QueryAsync<string>(
                $"SELECT DISTINCT workspace_id || ' ' || message_count FROM {table} WHERE device_id = '{device}' AND message_count < 8 ORDER BY 1"))
                .ShouldBe([$"{IngestService.WorkspaceId} 1", "ws_other 2"], table);
        }

        var mine = await fixture.Service.StatusAsync(device);
        mine["total_session_records"]!.GetValue<long>().ShouldBe(1);
        mine.Text("label").ShouldBe("label 1");
        mine["quarantined_rows"]!.GetValue<long>().ShouldBe(1);
        var theirs = await other.StatusOfAsync(device);
        theirs["total_session_records"]!.GetValue<long>().ShouldBe(2);
        theirs.Text("label").ShouldBe("label 2");
    }

    [Fact]
    public async Task A_member_sees_the_own_devices_only_and_a_manager_all_of_the_workspace()
    {
        using var ada = await fixture.ClientAsync("ada-member");
        using var bob = await fixture.ClientAsync("bob-member");
        var device = ServiceFixture.NewDevice();
        (await ada.PostEnvelopeAsync(Full(IngestService.WorkspaceId, device, 1))).ShouldBeStored();
        (await ada.StatusOfAsync(device)).ShouldBeStored();
        (await fixture.Service.StatusAsync(device)).ShouldBeStored();
        (await bob.StatusOfAsync(device)).ShouldBeRefused(404, "device_not_found");
    }

    [Fact]
    public async Task A_device_that_does_not_exist_and_one_of_somebody_else_are_answered_with_the_same_bytes()
    {
        using var ada = await fixture.ClientAsync("ada-owner");
        using var bob = await fixture.ClientAsync("bob-curious");
        using var stranger = await fixture.ClientAsync("eve", UserRole.Manager, "ws_stranger");
        var stored = ServiceFixture.NewDevice();
        var refused = ServiceFixture.NewDevice();
        await ada.PostEnvelopeAsync(Full(IngestService.WorkspaceId, stored, 1));
        await ada.PostEnvelopeAsync(ServiceFixture.Envelope(refused).Field("schema_version", "5"));
        foreach (var client in new[] { bob, stranger })
        {
            // In memory first, and from the tables once everything is written.
            for (var round = 0; round < 2; round++)
            {
                var unknown = await BodyAsync(client, ServiceFixture.NewDevice());
                (await BodyAsync(client, stored)).ShouldBe(unknown);
                (await BodyAsync(client, refused)).ShouldBe(unknown);
                await Eventually.TrueAsync(async () => await fixture.CountAsync("sync_attempts", refused) == 1, "the attempt is written");
            }
        }

        (await ada.StatusOfAsync(refused)).ShouldBeStored().Text("health.state").ShouldBe("never");
    }

    [Fact]
    public async Task Somebody_who_is_refused_for_the_workspace_learns_nothing_of_its_devices_and_leaves_nothing_on_them()
    {
        using var eve = await fixture.ClientAsync("eve-mismatch", UserRole.Manager, "ws_mismatch");
        var device = ServiceFixture.NewDevice();
        await fixture.Service.PostAsync(Full(IngestService.WorkspaceId, device, 1));
        var known = await eve.PostEnvelopeAsync(Full(IngestService.WorkspaceId, device, 2));
        var unknown = await eve.PostEnvelopeAsync(Full(IngestService.WorkspaceId, ServiceFixture.NewDevice(), 2));
        known.ShouldBeRefused(403, "workspace_mismatch").Text("detail").ShouldBe(unknown.ShouldBeRefused(403, "workspace_mismatch").Text("detail"));
        (await eve.StatusOfAsync(device)).ShouldBeRefused(404, "device_not_found");
        (await fixture.Service.StatusAsync(device)).Text("health.state").ShouldBe("healthy");
    }

    [Fact]
    public async Task Whoami_names_the_keys_own_workspace_only()
    {
        using var other = await fixture.ClientAsync("ada-whoami", workspaceId: "ws_whoami");
        var answer = await other.GetStringAsync(new Uri("/v1/whoami", UriKind.Relative));
        answer.ShouldStartWith("""{"workspace_id":"ws_whoami",""");
        answer.ShouldNotContain(IngestService.WorkspaceId);
    }

    private static async Task<string> BodyAsync(HttpClient client, string device)
    {
        var answer = (await client.StatusOfAsync(device)).ShouldBeRefused(404, "device_not_found");
        return answer.Body!.ToJsonString().Replace(answer.Text("attempt_id")!, "", StringComparison.Ordinal);
    }

    private static EnvelopeBuilder Full(string workspace, string device, long messages) => EnvelopeBuilder.For(workspace).Device(device).Label($"label {messages}")
        .Rollup(Today, row => row.Messages(messages)).Session("s", row => row.Messages(messages)).Window(ServiceFixture.Start, row => row.Messages(messages))
        .RawRollup("""{"bucket_day": "2026-05-14"}""");
}
