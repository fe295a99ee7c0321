namespace Ingest.Api.Tests.Envelopes;

/// <summary>The one lever on a stock daemon: it sends again every day after the watermark, and never the days before.</summary>
public sealed class WatermarkTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly DateOnly Today = ServiceFixture.Today;

    /// <summary>With two days of grace.</summary>
    private static readonly DateOnly ClosedThrough = Today.AddDays(-3);

    [Fact]
    public async Task An_envelope_with_todays_rows_only_confirms_no_day_that_is_open()
    {
        var device = await fixture.KnownDeviceAsync();
        var answer = await fixture.Service.PostAsync(ServiceFixture.Envelope(device).Rollup(Today));
        answer.Text("watermark").ShouldBe(Text(ClosedThrough));
        (await fixture.Service.StatusAsync(device)).Text("watermark").ShouldBe(Text(ClosedThrough));
    }

    [Fact]
    public async Task An_envelope_without_rollups_leaves_the_watermark_to_the_device()
    {
        var device = ServiceFixture.NewDevice();
        (await fixture.Service.PostAsync(ServiceFixture.Envelope(device).Session("s-1"))).ShouldBeStored().Text("watermark").ShouldBeNull();
        (await fixture.Service.StatusAsync(device)).Text("watermark").ShouldBeNull();
        await fixture.Service.PostAsync(ServiceFixture.Envelope(device).Rollup(Today).Rollup(Today.AddDays(-30)));
        (await fixture.Service.PostAsync(ServiceFixture.Envelope(device).Session("s-1"))).ShouldBeStored().Text("watermark").ShouldBeNull();
        (await fixture.Service.StatusAsync(device)).Text("watermark").ShouldBe(Text(ClosedThrough));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(13)]
    public async Task A_backfill_is_confirmed_chunk_by_chunk_up_to_its_last_closed_day(int daysOfChunk)
    {
        var device = ServiceFixture.NewDevice();
        for (var first = Today.AddDays(-39); first <= Today; first = first.AddDays(daysOfChunk))
        {
            var envelope = ServiceFixture.Envelope(device);
            var last = first.AddDays(daysOfChunk - 1) < Today ? first.AddDays(daysOfChunk - 1) : Today;
            for (var day = first; day <= last; day = day.AddDays(1)) envelope.Rollup(day);
            var expected = last < ClosedThrough ? last : ClosedThrough;
            (await fixture.Service.PostAsync(envelope)).ShouldBeStored().Text("watermark").ShouldBe(Text(expected));
            (await fixture.Service.StatusAsync(device)).Text("watermark").ShouldBe(Text(expected));
        }

        // A pass over the beginning again answers the beginning again, and does not take back what was confirmed.
        (await fixture.Service.PostAsync(ServiceFixture.Envelope(device).Rollup(Today.AddDays(-39)))).Text("watermark").ShouldBe(Text(Today.AddDays(-39)));
        (await fixture.Service.StatusAsync(device)).Text("watermark").ShouldBe(Text(ClosedThrough));
    }

    [Theory]
    [InlineData("1", -2)]
    [InlineData("10", -11)]
    public async Task Days_of_grace_are_configured(string days, int closedThrough)
    {
        var device = await fixture.KnownDeviceAsync();
        await using var service = await fixture.InstanceAsync(("Watermark:GraceDays", days));
        (await service.PostAsync(ServiceFixture.Envelope(device).Rollup(Today))).Text("watermark").ShouldBe(Text(Today.AddDays(closedThrough)));
        (await service.StatusAsync(device)).Text("closed_through").ShouldBe(Text(Today.AddDays(closedThrough)));
    }

    [Fact]
    public async Task A_device_whose_clock_is_behind_is_judged_by_its_own_day()
    {
        var device = await fixture.KnownDeviceAsync();
        var answer = await fixture.Service.PostAsync(ServiceFixture.Envelope(device, ServiceFixture.Start.AddDays(-10)).Rollup(Today).Rollup(Today.AddDays(-12)));
        answer.Text("watermark").ShouldBe(Text(Today.AddDays(-13)));
    }

    [Fact]
    public async Task A_device_whose_clock_is_ahead_is_judged_by_the_servers_day()
    {
        var device = await fixture.KnownDeviceAsync();
        var answer = await fixture.Service.PostAsync(ServiceFixture.Envelope(device, ServiceFixture.Start.AddDays(10)).Rollup(Today.AddDays(10)));
        answer.Text("watermark").ShouldBe(Text(ClosedThrough));
    }

    [Theory]
    [InlineData("""{"bucket_day": "2026-06-30"}""")]
    [InlineData("""{"bucket_day": "9999-12-31"}""")]
    public async Task A_row_of_the_future_never_pushes_the_watermark_good_or_bad(string bad)
    {
        var device = ServiceFixture.NewDevice();
        var answer = await fixture.Service.PostAsync(
            ServiceFixture.Envelope(device).Rollup(Today.AddDays(-20)).Rollup(new DateOnly(9999, 12, 31)).Rollup(Today.AddDays(1)).RawRollup(bad));
        answer.ShouldBeStored().Text("watermark").ShouldBe(Text(ClosedThrough));
        (await fixture.Service.StatusAsync(device)).Text("watermark").ShouldBe(Text(ClosedThrough));
    }

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd");
}
