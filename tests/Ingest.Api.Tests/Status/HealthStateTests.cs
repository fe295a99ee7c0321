using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Status;

/// <summary>The verdict on a device's sync, as time goes by.</summary>
public sealed class HealthStateTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = ServiceFixture.Start;

    /// <summary>Of this class alone, test by test: the clock moves by weeks.</summary>
    private readonly ServiceFixture _fixture = new();

    private IngestService Service => _fixture.Service;

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_device_goes_from_healthy_to_late_to_silent_and_back()
    {
        var device = ServiceFixture.NewDevice();
        await Service.PostAsync(ServiceFixture.Envelope(device).Rollup(ServiceFixture.Today));
        await ShouldBeAsync(device, "healthy");
        _fixture.Time.Set(Now.AddHours(23));
        await ShouldBeAsync(device, "healthy");
        _fixture.Time.Set(Now.AddHours(25.1));
        await ShouldBeAsync(device, "late", "25 hours");
        _fixture.Time.Set(Now.AddDays(8.1));
        await ShouldBeAsync(device, "silent", "8 days");
        await Service.PostAsync(ServiceFixture.Envelope(device, Now.AddDays(8)).Rollup(ServiceFixture.Today));
        await ShouldBeAsync(device, "healthy");
    }

    [Fact]
    public async Task A_device_that_is_refused_is_failing_since_the_first_refusal_and_healthy_again_after_one_success()
    {
        var device = ServiceFixture.NewDevice();
        await Service.PostAsync(ServiceFixture.Envelope(device).Rollup(ServiceFixture.Today));
        _fixture.Time.Set(Now.AddHours(1));
        await Service.PostAsync(ServiceFixture.Envelope(device).Field("schema_version", "5"));
        var since = (await Service.StatusAsync(device)).Text("last_attempt.at");
        _fixture.Time.Set(Now.AddHours(2));
        await Service.PostAsync(ServiceFixture.Envelope(device).Field("schema_version", "5"));
        var status = await ShouldBeAsync(device, "failing", "Unsupported schema_version: 5");
        status.Text("health.since").ShouldBe(since);
        await Service.PostAsync(ServiceFixture.Envelope(device, Now.AddHours(2)).Rollup(ServiceFixture.Today));
        await ShouldBeAsync(device, "healthy");
    }

    [Fact]
    public async Task A_healthy_device_is_so_since_its_first_envelope_or_its_recovery_and_not_since_the_last_one()
    {
        var device = ServiceFixture.NewDevice();
        await Service.PostAsync(ServiceFixture.Envelope(device).Rollup(ServiceFixture.Today));
        var first = await SinceAsync(Now);
        _fixture.Time.Set(Now.AddHours(1));
        await Service.PostAsync(ServiceFixture.Envelope(device, Now.AddHours(1)).Rollup(ServiceFixture.Today, row => row.Messages(2)));
        (await SinceAsync(Now)).ShouldBe(first);

        await Service.PostAsync(ServiceFixture.Envelope(device).Field("schema_version", "5"));
        await Eventually.TrueAsync(
            async () => (await Service.QueryAsync<bool>($"SELECT failing_since IS NOT NULL FROM device_contacts WHERE device_id = '{device}'")) is [true],
            "the refusal is written");
        _fixture.Time.Set(Now.AddHours(2));
        await Service.PostAsync(ServiceFixture.Envelope(device, Now.AddHours(2)).Rollup(ServiceFixture.Today, row => row.Messages(3)));
        await SinceAsync(Now.AddHours(2));

        _fixture.Time.Set(Now.AddDays(3));
        await Service.PostAsync(ServiceFixture.Envelope(device, Now.AddDays(3)).Rollup(ServiceFixture.Today, row => row.Messages(4)));
        await SinceAsync(Now.AddDays(3));

        async Task<string?> SinceAsync(DateTimeOffset expected)
        {
            // Once from memory, and once when it is written: both must say so.
            string? since = null;
            for (var look = 0; look < 2; look++)
            {
                since = (await ShouldBeAsync(device, "healthy")).Text("health.since");
                DateTimeOffset.Parse(since!).ShouldBe(expected, TimeSpan.FromMinutes(1));
                var attempt = (await Service.StatusAsync(device)).Text("last_attempt.attempt_id");
                await Eventually.TrueAsync(
                    async () => (await Service.QueryAsync<Guid>($"SELECT last_attempt_id FROM device_contacts WHERE device_id = '{device}'")) is [var written] && written.ToString() == attempt,
                    "the contact is written");
            }

            return since;
        }
    }

    [Theory]
    [InlineData(-30, "30 hours behind")]
    [InlineData(30, "30 hours ahead")]
    [InlineData(0.5, "accepted.")]
    public async Task A_wrong_clock_of_a_healthy_device_is_said(double hours, string reason)
    {
        var device = ServiceFixture.NewDevice();
        await Service.PostAsync(ServiceFixture.Envelope(device, Now.AddHours(hours)).Rollup(ServiceFixture.Today));
        (await ShouldBeAsync(device, "healthy", reason)).Text("health.reason")!.Contains("clock", StringComparison.Ordinal).ShouldBe(Math.Abs(hours) > 1);
    }

    [Fact]
    public async Task A_device_of_which_nothing_was_ever_accepted_is_never_also_after_a_restart()
    {
        var device = ServiceFixture.NewDevice();
        await Service.PostAsync(ServiceFixture.Envelope(device).Without("payload"));
        var since = (await ShouldBeAsync(device, "never", "Missing payload")).Text("health.since");
        _fixture.Time.Set(Now.AddMinutes(5));
        var last = await Service.PostAsync(ServiceFixture.Envelope(device).Without("payload"));
        var at = (await ShouldBeAsync(device, "never")).Text("last_seen");
        await Service.StopAsync();

        await using var next = await _fixture.InstanceAsync();
        var status = await next.StatusAsync(device);
        status.Text("health.state").ShouldBe("never");
        status.Text("health.since").ShouldBe(since);
        status.Text("last_seen").ShouldBe(at);
        last.ShouldBeRefused(422, "invalid_envelope");
    }

    [Fact]
    public async Task Two_machines_with_one_id_are_told_for_a_day_unless_something_worse_is_to_tell()
    {
        var device = ServiceFixture.NewDevice();
        await Service.PostAsync(ServiceFixture.Envelope(device).Rollup(ServiceFixture.Today));
        await Service.QueryAsync<int>($"UPDATE devices SET shared_seen_at = '{Now:O}' WHERE device_id = '{device}'");
        var status = await ShouldBeAsync(device, "shared_id", "Two machines use this device id");
        DateTimeOffset.Parse(status.Text("health.since")!).ShouldBe(Now, TimeSpan.FromSeconds(1));

        await Service.PostAsync(ServiceFixture.Envelope(device).Field("schema_version", "5"));
        await ShouldBeAsync(device, "failing");
        _fixture.Time.Set(Now.AddHours(23.9));
        await Service.PostAsync(ServiceFixture.Envelope(device, Now.AddHours(23.9)).Rollup(ServiceFixture.Today));
        await ShouldBeAsync(device, "shared_id");
        _fixture.Time.Set(Now.AddHours(24.1));
        await ShouldBeAsync(device, "healthy");
    }

    [Fact]
    public async Task A_price_poll_vouches_for_a_device_that_has_nothing_to_send_but_not_where_two_share_a_key()
    {
        using var alone = await _fixture.ClientAsync("alone");
        using var shared = await _fixture.ClientAsync("shared");
        string[] devices = [ServiceFixture.NewDevice(), ServiceFixture.NewDevice(), ServiceFixture.NewDevice()];
        await alone.PostEnvelopeAsync(ServiceFixture.Envelope(devices[0]).Rollup(ServiceFixture.Today));
        await shared.PostEnvelopeAsync(ServiceFixture.Envelope(devices[1]).Rollup(ServiceFixture.Today));
        await shared.PostEnvelopeAsync(ServiceFixture.Envelope(devices[2]).Rollup(ServiceFixture.Today));

        _fixture.Time.Set(Now.AddDays(2));
        foreach (var client in new[] { alone, shared })
        {
            var answer = (await ServiceAnswer.ReadAsync(await client.GetAsync(new Uri("/v1/pricing/active?since_version=0", UriKind.Relative)))).ShouldBeRefused(404, "no_active_price_list");
            answer.Text("error")!.ShouldContain("No active price list");
        }

        await Service.StopAsync();
        await using var next = await _fixture.InstanceAsync();
        var idle = await next.StatusAsync(devices[0]);
        idle.Text("health.state").ShouldBe("healthy");
        idle.Text("health.reason").ShouldBe("In contact; nothing new to send.");
        DateTimeOffset.Parse(idle.Text("last_seen")!).ShouldBe(Now.AddDays(2), TimeSpan.FromMinutes(1));
        foreach (var device in devices[1..]) (await next.StatusAsync(device)).Text("health.state").ShouldBe("late");
    }

    private async Task<ServiceAnswer> ShouldBeAsync(string device, string state, string reason = "")
    {
        var status = (await Service.StatusAsync(device)).ShouldBeStored();
        status.Text("health.state").ShouldBe(state);
        status.Text("health.reason")!.ShouldContain(reason);
        return status;
    }
}
