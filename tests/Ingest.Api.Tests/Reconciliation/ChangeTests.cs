using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Reconciliation;

public sealed class ChangeTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly DateTimeOffset Now = ServiceFixture.Start;
    private static readonly DateOnly Today = ServiceFixture.Today;

    private IngestService Service => fixture.Service;

    [Fact]
    public async Task A_change_tells_what_the_day_held_before_and_after_and_why()
    {
        var device = await NewDeviceAsync();
        var version = Guid.NewGuid();
        await Service.NoteChangeAsync(device, Today.AddDays(-9), Now, version);
        var change = (await ChangesAsync(device)).ShouldBeStored()["changes"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)change["version_id"]!).ShouldBe(version.ToString());
        ((string)change["bucket_day"]!).ShouldBe("2026-05-05");
        change["reasons"]!.AsArray().Select(reason => (string)reason!).ShouldBe(["shrank", "edited"]);
        change["before"]!["rollup_rows"]!.GetValue<int>().ShouldBe(1);
        change["before"]!["message_count"]!.GetValue<long>().ShouldBe(49);
        change["before"]!["cost_cents_ingested"]!.ToJsonString().ShouldBe("123.4567");
        change["after"]!["message_count"]!.GetValue<long>().ShouldBe(42);
        change["after"]!["cost_cents_ingested"]!.ToJsonString().ShouldBe("0.0001");

        var told = (await Service.GetAsync($"/v1/ingest/changes/{version}?device_id={device}")).ShouldBeStored();
        var row = told["rows"]!.AsArray().ShouldHaveSingleItem()!;
        told.Body!.AsObject().Remove("rows");
        told.Body.ToJsonString().ShouldBe(change.ToJsonString());
        ((string)row["git_branch"]!).ShouldBe("b");
        ((string)row["ticket"]!).ShouldBe("T-1");
        row["message_count"]!.GetValue<long>().ShouldBe(49);
        row["cost_cents_ingested"]!.ToJsonString().ShouldBe("123.4567");
        row["cost_cents_effective"]!.ToJsonString().ShouldBe("1");
    }

    [Fact]
    public async Task Changes_come_newest_first_each_once_also_where_several_share_an_instant()
    {
        var device = await NewDeviceAsync();
        var versions = new List<Guid>();
        for (var i = 0; i < 9; i++)
        {
            versions.Add(Guid.NewGuid());
            await Service.NoteChangeAsync(device, Today.AddDays(-10 - (i % 4)), Now.AddMinutes(-(i / 3)), versions[i]);
        }

        var found = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await ChangesAsync(device, "&limit=2" + (cursor is null ? "" : $"&cursor={cursor}"))).ShouldBeStored();
            found.AddRange(page["changes"]!.AsArray().Select(change => (string)change!["version_id"]!));
            cursor = page.Text("next_cursor");
        }
        while (cursor is not null);
        found.ShouldBe(await Service.QueryAsync<string>($"SELECT version_id::text FROM day_versions WHERE device_id = '{device}' ORDER BY changed_at DESC, version_id DESC"));
        found.Count.ShouldBe(9);

        var some = (await ChangesAsync(device, $"&from={Today.AddDays(-11):yyyy-MM-dd}&to={Today.AddDays(-10):yyyy-MM-dd}")).ShouldBeStored();
        some["changes"]!.AsArray().Select(change => (string)change!["bucket_day"]!).Distinct().ShouldBe(["2026-05-03"]);
    }

    [Fact]
    public async Task A_change_that_is_not_there_or_is_of_another_device_is_not_found()
    {
        var device = await NewDeviceAsync();
        var other = await NewDeviceAsync();
        var version = Guid.NewGuid();
        await Service.NoteChangeAsync(other, Today.AddDays(-9), Now, version);
        foreach (var id in new[] { version.ToString(), Guid.NewGuid().ToString(), Guid.Empty.ToString(), "nonsense" })
            (await Service.GetAsync($"/v1/ingest/changes/{id}?device_id={device}")).ShouldBeRefused(404, "change_not_found");
        (await Service.GetAsync($"/v1/ingest/changes/{version}")).ShouldBeRefused(400, "missing_device_id");
    }

    private async Task<string> NewDeviceAsync()
    {
        var device = ServiceFixture.NewDevice();
        (await Service.PostAsync(ServiceFixture.Envelope(device).Rollup(Today))).ShouldBeStored();
        return device;
    }

    private Task<ServiceAnswer> ChangesAsync(string device, string more = "") => Service.GetAsync($"/v1/ingest/changes?device_id={device}{more}");
}
