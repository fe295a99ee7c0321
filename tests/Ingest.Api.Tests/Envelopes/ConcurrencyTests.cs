using Ingest.Testing.Envelopes;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Envelopes;

/// <summary>Many clients and many instances at once, one truth.</summary>
public sealed class ConcurrencyTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private const int Clients = 16;

    private static readonly DateTimeOffset Now = ServiceFixture.Start;
    private static readonly DateOnly Today = ServiceFixture.Today;

    private IngestService Service => fixture.Service;

    [Fact]
    public async Task Sixteen_clients_that_post_the_same_new_device_at_once_make_one_device_with_the_right_sums()
    {
        var device = ServiceFixture.NewDevice();
        var body = Shuffled(device, 0);
        await AllAtOnceAsync(_ => Service.PostAsync(body));
        await ShouldHoldOnceAsync(device);
    }

    [Fact]
    public async Task Sixteen_orders_of_the_same_rows_come_to_the_same()
    {
        var device = ServiceFixture.NewDevice();
        await AllAtOnceAsync(seed => Service.PostAsync(Shuffled(device, seed)));
        await ShouldHoldOnceAsync(device);
    }

    [Fact]
    public async Task Two_instances_take_one_new_device_at_once()
    {
        var device = ServiceFixture.NewDevice();
        await using var other = await fixture.InstanceAsync();
        await AllAtOnceAsync(seed => (seed % 2 == 0 ? Service : other).PostAsync(Shuffled(device, seed)));
        await ShouldHoldOnceAsync(device);
    }

    [Fact]
    public async Task A_device_that_alternates_between_two_instances_is_stored_as_by_one()
    {
        var device = ServiceFixture.NewDevice();
        await using var other = await fixture.InstanceAsync();
        for (var tick = 0; tick < 10; tick++)
        {
            var envelope = ServiceFixture.Envelope(device, Now.AddMinutes(tick)).Rollup(Today, row => row.Messages(tick)).Session("s", row => row.Messages(tick)).Session($"s-{tick}");
            var answer = (await (tick % 2 == 0 ? Service : other).PostAsync(envelope)).ShouldBeStored();
            answer["rows.changed"]!.GetValue<int>().ShouldBe(3);
        }

        (await Service.QueryAsync<long>($"SELECT message_count FROM daily_rollups WHERE device_id = '{device}'")).ShouldBe([9]);
        foreach (var service in new[] { Service, other })
        {
            var status = await service.StatusAsync(device);
            status["total_rollup_records"]!.GetValue<long>().ShouldBe(1);
            status["total_session_records"]!.GetValue<long>().ShouldBe(11);
        }
    }

    [Fact]
    public async Task Of_envelopes_that_race_over_two_instances_the_newest_one_stands()
    {
        var device = ServiceFixture.NewDevice();
        await using var other = await fixture.InstanceAsync();
        await Service.PostAsync(ServiceFixture.Envelope(device, Now).Rollup(Today));
        await AllAtOnceAsync(i => (i % 2 == 0 ? Service : other).PostAsync(
            ServiceFixture.Envelope(device, Now.AddSeconds(i)).Rollup(Today, row => row.Messages(1_000 + i)).Session("s", row => row.Messages(1_000 + i))));
        (await Service.QueryAsync<long>($"SELECT message_count FROM daily_rollups WHERE device_id = '{device}'")).ShouldBe([1_000 + Clients - 1]);
        (await Service.QueryAsync<long>($"SELECT message_count FROM session_summaries WHERE device_id = '{device}'")).ShouldBe([1_000 + Clients - 1]);
        (await Service.QueryAsync<long>($"SELECT message_count FROM device_days WHERE device_id = '{device}'")).ShouldBe([1_000 + Clients - 1]);
    }

    [Fact]
    public async Task The_cap_of_devices_is_exact_under_sixteen_first_contacts_at_once_over_two_instances()
    {
        await using var database = await Testing.Postgres.TestDatabase.CreateAsync();
        await using var one = await IngestService.StartAsync(database, fixture.Time, ("Limits:DevicesPerWorkspace", "5"));
        await using var other = await IngestService.StartAsync(database, fixture.Time, ("Limits:DevicesPerWorkspace", "5"));
        var devices = Enumerable.Range(0, Clients).Select(_ => ServiceFixture.NewDevice()).ToList();
        var answers = await Task.WhenAll(devices.Select((device, i) => (i % 2 == 0 ? one : other).PostAsync(ServiceFixture.Envelope(device).Rollup(Today))));

        answers.Count(answer => (int)answer.Status == 200).ShouldBe(5);
        foreach (var refused in answers.Where(answer => (int)answer.Status != 200))
        {
            refused.ShouldBeRefused(403, "device_cap_reached").Text("detail")!.ShouldContain("has 5 devices");
        }

        (await one.QueryAsync<long>("SELECT count(*) FROM devices")).ShouldBe([5]);
        (await one.QueryAsync<long>("SELECT count(*) FROM daily_rollups")).ShouldBe([5]);

        // Devices that are registered go on.
        var registered = devices[Array.FindIndex(answers, answer => (int)answer.Status == 200)];
        (await one.PostAsync(ServiceFixture.Envelope(registered).Rollup(Today, row => row.Messages(11)))).ShouldBeStored();
    }

    private static async Task AllAtOnceAsync(Func<int, Task<ServiceAnswer>> post)
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, Clients).Select(i => Task.Run(() => post(i))));
        foreach (var answer in answers) answer.ShouldBeStored();
    }

    /// <summary>60 rollups over six days, 20 sessions, 3 windows, in an order of its own.</summary>
    private static EnvelopeBuilder Shuffled(string device, int seed)
    {
        var envelope = ServiceFixture.Envelope(device);
        List<Action> rows =
        [
            .. Enumerable.Range(0, 60).Select(i => (Action)(() => envelope.Rollup(Today.AddDays(-i % 6), row => row.Branch($"b-{i}").Messages(i).Cost(0.0001m * i)))),
            .. Enumerable.Range(0, 20).Select(i => (Action)(() => envelope.Session($"s-{i}"))),
            .. Enumerable.Range(0, 3).Select(i => (Action)(() => envelope.Window(Now.AddHours(-5 * i)))),
        ];
        var order = rows.ToArray();
        new Random(seed).Shuffle(order);
        foreach (var add in order) add();
        return envelope;
    }

    private async Task ShouldHoldOnceAsync(string device)
    {
        (await Service.QueryAsync<string>(
            $"SELECT count(*) || ' ' || sum(message_count) || ' ' || sum(cost_effective) FROM daily_rollups WHERE device_id = '{device}'")).ShouldBe(["60 1770 1770"]);
        (await Service.QueryAsync<string>(
            $"SELECT count(*) || ' ' || sum(rollup_rows) || ' ' || sum(message_count) FROM device_days WHERE device_id = '{device}'")).ShouldBe(["6 60 1770"]);
        (await fixture.CountAsync("session_summaries", device)).ShouldBe(20);
        (await fixture.CountAsync("window_summaries", device)).ShouldBe(3);
        (await Service.QueryAsync<string>(
            $"SELECT rollup_rows || ' ' || session_rows || ' ' || window_rows || ' ' || quarantined_rows FROM devices WHERE device_id = '{device}'")).ShouldBe(["60 20 3 0"]);
    }
}
