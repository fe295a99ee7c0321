using System.Text.Json.Nodes;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Envelopes;

/// <summary>P6: old never beats new, whatever the order of arrival.</summary>
public sealed class OrderTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly DateTimeOffset Now = ServiceFixture.Start;
    private static readonly DateOnly Today = ServiceFixture.Today;

    private IngestService Service => fixture.Service;

    [Fact]
    public async Task An_older_envelope_that_arrives_after_a_newer_one_changes_nothing()
    {
        var device = ServiceFixture.NewDevice();
        await Service.PostAsync(Full(device, Now, 20));
        var versions = await fixture.VersionsAsync(device);
        var late = (await Service.PostAsync(Full(device, Now.AddMinutes(-1), 10).Label("older"))).ShouldBeStored();
        late["rows"]!.ToJsonString().ShouldBe("""{"changed":0,"unchanged":0,"superseded":3,"rejected":0}""");
        (await fixture.VersionsAsync(device)).ShouldBe(versions);
    }

    [Fact]
    public async Task It_changes_nothing_either_when_the_newer_one_had_changed_nothing()
    {
        var device = await fixture.KnownDeviceAsync();
        await Service.PostAsync(Full(device, Now.AddMinutes(-10), 20));
        var versions = await fixture.VersionsAsync(device);
        (await Service.PostAsync(Full(device, Now, 20))).ShouldBeStored()["rows.unchanged"]!.GetValue<int>().ShouldBe(3);
        (await Service.PostAsync(Full(device, Now.AddMinutes(-5), 10))).ShouldBeStored()["rows.superseded"]!.GetValue<int>().ShouldBe(3);
        (await fixture.VersionsAsync(device)).ShouldBe(versions);
    }

    [Fact]
    public async Task What_one_instance_saw_of_a_devices_clock_another_one_knows_once_it_is_written()
    {
        var device = ServiceFixture.NewDevice();
        await Service.PostAsync(Full(device, Now.AddMinutes(-10), 20));
        await Service.PostAsync(Full(device, Now, 20));
        await NewestIsAsync(device, Now);
        await using var other = await fixture.InstanceAsync();
        (await other.PostAsync(Full(device, Now.AddMinutes(-5), 10))).ShouldBeStored()["rows.superseded"]!.GetValue<int>().ShouldBe(3);
    }

    /// <summary>Two machines never show the same time: the newest stamp must reach the database also from the one that is behind.</summary>
    [Fact]
    public async Task The_newest_stamp_is_kept_also_when_the_instance_that_saw_it_has_the_slower_clock()
    {
        var device = ServiceFixture.NewDevice();
        var ahead = new ShiftedTimeProvider();
        ahead.Set(Now.AddMinutes(2));
        await using var fast = await IngestService.StartAsync(fixture.Database, ahead);
        await fast.PostAsync(Full(device, Now.AddMinutes(-10), 20));
        await NewestIsAsync(device, Now.AddMinutes(-10));
        (await Service.PostAsync(Full(device, Now, 20))).ShouldBeStored()["rows.unchanged"]!.GetValue<int>().ShouldBe(3);
        await NewestIsAsync(device, Now);
        (await fast.PostAsync(Full(device, Now.AddMinutes(-5), 10))).ShouldBeStored()["rows.superseded"]!.GetValue<int>().ShouldBe(3);
    }

    [Fact]
    public async Task A_late_envelope_still_brings_the_day_and_the_session_nobody_has_seen()
    {
        var device = ServiceFixture.NewDevice();
        await Service.PostAsync(Full(device, Now, 20));
        var late = Full(device, Now.AddMinutes(-1), 10).Rollup(Today.AddDays(-3)).Session("s-new");
        (await Service.PostAsync(late)).ShouldBeStored()["rows"]!.ToJsonString().ShouldBe("""{"changed":2,"unchanged":0,"superseded":3,"rejected":0}""");
        (await MessagesAsync(device)).ShouldBe([10, 20]);
        (await fixture.CountAsync("session_summaries", device)).ShouldBe(2);
        (await Service.StatusAsync(device))["total_session_records"]!.GetValue<long>().ShouldBe(2);
    }

    [Fact]
    public async Task A_clock_that_was_set_back_counts_from_the_second_tick()
    {
        var device = ServiceFixture.NewDevice();
        await Service.PostAsync(Full(device, Now, 20));
        (await Service.PostAsync(Full(device, Now.AddHours(-2), 30))).ShouldBeStored()["rows.superseded"]!.GetValue<int>().ShouldBe(3);
        fixture.Time.Set(Now.AddMinutes(5));
        (await Service.PostAsync(Full(device, Now.AddHours(-2).AddMinutes(5), 40))).ShouldBeStored()["rows.changed"]!.GetValue<int>().ShouldBe(3);
        (await MessagesAsync(device)).ShouldBe([40]);
        (await Service.QueryAsync<int>($"SELECT clock_epoch FROM devices WHERE device_id = '{device}'")).ShouldBe([1]);

        // What was on its way since before the clock was set back is as late as ever.
        (await Service.PostAsync(Full(device, Now.AddHours(-2).AddMinutes(1), 50))).ShouldBeStored()["rows.superseded"]!.GetValue<int>().ShouldBe(3);
        fixture.Time.Set(Now);
    }

    [Fact]
    public async Task A_stamp_of_the_far_future_does_not_silence_a_device()
    {
        var device = ServiceFixture.NewDevice();
        await Service.PostAsync(Full(device, new DateTimeOffset(9999, 12, 29, 0, 0, 0, TimeSpan.Zero), 10));
        await Service.PostAsync(Full(device, Now, 20));
        fixture.Time.Set(Now.AddMinutes(5));
        await Service.PostAsync(Full(device, Now.AddMinutes(5), 30));
        fixture.Time.Set(Now);
        (await MessagesAsync(device)).ShouldBe([30]);
    }

    [Fact]
    public async Task An_envelope_without_a_stamp_is_ordered_by_its_arrival()
    {
        var device = ServiceFixture.NewDevice();
        await Service.PostAsync(Full(device, Now, 20).Without("synced_at"));
        (await Service.StatusAsync(device)).ShouldBeStored()["clock_skew_ms"].ShouldBeNull();
        await Service.PostAsync(Full(device, Now, 30).Field("synced_at", "null"));
        (await MessagesAsync(device)).ShouldBe([30]);
    }

    [Fact]
    public async Task An_absent_field_of_a_session_keeps_what_is_stored_and_null_clears_it()
    {
        var device = ServiceFixture.NewDevice();
        await Service.PostAsync(ServiceFixture.Envelope(device, Now).Session("s", row => row
            .StartedAt(Now.AddHours(-2)).EndedAt(Now.AddHours(-1)).DurationMs(3_600_000).Repo("r").Branch("b").Ticket("T-1").PrimaryModel("m").Title("t")
            .Vital("thrashing", "red", 0.5m).Vital("overall", "yellow").Surface("vscode")));
        var full = await SessionAsync(device);

        await Service.PostAsync(ServiceFixture.Envelope(device, Now.AddMinutes(1)).Session("s", row => row.Messages(99).Without("surface")));
        var kept = await SessionAsync(device);
        foreach (var (name, value) in full.Where(column => column.Key is not ("message_count" or "sent_at" or "attempt_id")))
        {
            kept[name]?.ToJsonString().ShouldBe(value?.ToJsonString(), name);
        }

        kept["message_count"]!.GetValue<long>().ShouldBe(99);

        await Service.PostAsync(ServiceFixture.Envelope(device, Now.AddMinutes(2)).Session("s", row => row
            .StartedAt(null).EndedAt(null).DurationMs(null).Repo(null).Branch(null).Ticket(null, null).Raw("ticket_source", "null").PrimaryModel(null).Title(null)
            .Vital("thrashing", null).Raw("vital_thrashing_metric", "null").Vital("overall", null).Surface(null)));
        var cleared = await SessionAsync(device);
        foreach (var name in new[]
                 {
                     "ended_at", "duration_ms", "repo_id", "git_branch", "ticket", "ticket_source", "primary_model", "title", "vital_thrashing_state",
                     "vital_thrashing_metric", "vital_overall_state",
                 })
        {
            cleared[name].ShouldBeNull(name);
        }

        cleared["surface"]!.GetValue<string>().ShouldBe("unknown");
        cleared["started_at"]!.ToJsonString().ShouldBe(full["started_at"]!.ToJsonString());
        cleared["message_count"]!.GetValue<long>().ShouldBe(8);
    }

    [Fact]
    public async Task A_missing_start_falls_back_to_the_end_then_to_the_stamp_and_only_where_nothing_is_stored()
    {
        var device = ServiceFixture.NewDevice();
        await Service.PostAsync(ServiceFixture.Envelope(device, Now).Session("ended", row => row.EndedAt(Now.AddHours(-1))).Session("open"));
        (await StartsAsync(device)).ShouldBe([Now.AddHours(-1), Now]);
        var versions = await fixture.VersionsAsync(device);
        await Service.PostAsync(ServiceFixture.Envelope(device, Now.AddMinutes(5)).Session("ended", row => row.EndedAt(Now.AddHours(-1))).Session("open"));
        (await fixture.VersionsAsync(device)).ShouldBe(versions);
        await Service.PostAsync(ServiceFixture.Envelope(device, Now.AddMinutes(10)).Session("ended", row => row.EndedAt(Now)).Session("open", row => row.StartedAt(Now.AddHours(-5))));
        (await StartsAsync(device)).ShouldBe([Now.AddHours(-1), Now.AddHours(-5)]);
    }

    private static EnvelopeBuilder Full(string device, DateTimeOffset syncedAt, long messages) => ServiceFixture.Envelope(device, syncedAt)
        .Rollup(Today, row => row.Messages(messages)).Session("s-1", row => row.Messages(messages)).Window(Now.AddHours(-3), row => row.Messages(messages));

    private Task<List<long>> MessagesAsync(string device) =>
        Service.QueryAsync<long>($"SELECT message_count FROM daily_rollups WHERE device_id = '{device}' ORDER BY bucket_day");

    private Task<List<DateTimeOffset>> StartsAsync(string device) =>
        Service.QueryAsync<DateTimeOffset>($"SELECT started_at FROM session_summaries WHERE device_id = '{device}' ORDER BY session_id");

    private async Task<JsonObject> SessionAsync(string device) =>
        JsonNode.Parse((await fixture.RowsAsync("session_summaries", device, "1")).ShouldHaveSingleItem())!.AsObject();

    private Task<TimeSpan> NewestIsAsync(string device, DateTimeOffset newest) => Eventually.TrueAsync(
        async () => (await Service.QueryAsync<DateTimeOffset>($"SELECT newest_synced_at FROM device_contacts WHERE device_id = '{device}'")).Contains(newest),
        "the newest stamp is written");
}
