using System.Globalization;
using System.Text;
using Ingest.Domain.Identity;
using Ingest.Persistence.Usage;
using Ingest.Testing;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Service;
using Microsoft.Extensions.DependencyInjection;

namespace Ingest.Api.Tests.Usage;

/// <summary>Copies of days make answers quick, and never make them wrong.</summary>
public sealed class UsageBlockTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>, IAsyncLifetime
{
    private static readonly DateOnly Today = ServiceFixture.Today;

    private IngestService _service = null!;

    private UsageBlockStore Blocks => _service.Services.GetRequiredService<UsageBlockStore>();

    public async ValueTask InitializeAsync() => _service = await fixture.InstanceAsync(("Usage:DirectDeviceDays", "0"));

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task An_envelope_takes_its_day_out_of_the_copy_and_counts_at_once()
    {
        const string workspace = "ws_block_out";
        using var ada = await OwnerAsync(workspace);
        await PostAsync(ada, workspace, "one", 1, 10);
        await PostAsync(ada, workspace, "two", 2, 10);
        await BuildAsync(workspace);
        (await BesideAsync(workspace)).ShouldBeEmpty();
        (await MessagesAsync(ada)).ShouldBe(20);

        await PostAsync(ada, workspace, "one", 3, 11);
        (await BesideAsync(workspace)).ShouldBe(["one"]);
        (await MessagesAsync(ada)).ShouldBe(21);

        await BuildAsync(workspace);
        await PostAsync(ada, workspace, "one", 4, 11);
        (await BesideAsync(workspace)).ShouldBeEmpty("nothing changed");
        (await MessagesAsync(ada)).ShouldBe(21);
    }

    [Fact]
    public async Task What_is_deleted_is_in_no_copy_and_in_no_sum()
    {
        const string workspace = "ws_block_gone";
        using var ada = await OwnerAsync(workspace);
        await PostAsync(ada, workspace, "stays", 1, 10);
        await PostAsync(ada, workspace, "secret-laptop", 2, 100);
        await BuildAsync(workspace);
        (await CopiesAsync(workspace)).ShouldContain("secret-laptop");

        await ada.DeleteDeviceAsync("secret-laptop");
        (await CopiesAsync(workspace)).ShouldNotContain("secret-laptop");
        (await MessagesAsync(ada)).ShouldBe(10, "the others are read from their rows, though they are marked as being in the copy");
        await BuildAsync(workspace);
        (await CopiesAsync(workspace)).ShouldContain("stays");
        (await MessagesAsync(ada)).ShouldBe(10);
    }

    [Fact]
    public async Task A_copy_that_another_version_made_is_not_read_and_is_made_anew()
    {
        const string workspace = "ws_block_format";
        using var ada = await OwnerAsync(workspace);
        await PostAsync(ada, workspace, "one", 1, 10);
        await BuildAsync(workspace);
        await _service.ExecuteAsync($"UPDATE usage_blocks SET format = 99, content = 'x' WHERE workspace_id = '{workspace}'");
        (await MessagesAsync(ada)).ShouldBe(10);
        await BuildAsync(workspace);
        (await _service.QueryAsync<short>($"SELECT DISTINCT format FROM usage_blocks WHERE workspace_id = '{workspace}'")).ShouldBe([1]);
        (await MessagesAsync(ada)).ShouldBe(10);
    }

    [Fact]
    public async Task Copies_can_be_thrown_away()
    {
        const string workspace = "ws_block_lost";
        using var ada = await OwnerAsync(workspace);
        await PostAsync(ada, workspace, "one", 1, 10);
        await BuildAsync(workspace);
        await _service.ExecuteAsync($"DELETE FROM usage_blocks WHERE workspace_id = '{workspace}'");
        (await MessagesAsync(ada)).ShouldBe(10);
    }

    /// <summary>Neither waits for the other, and whoever comes second sees it: otherwise a change would be lost in a copy that was begun before it.</summary>
    [Fact]
    public async Task Copies_that_are_made_while_envelopes_come_lose_none_of_them()
    {
        const string workspace = "ws_block_race";
        using var ada = await OwnerAsync(workspace);
        using var stop = new CancellationTokenSource();
        var building = Task.Run(async () =>
        {
            var built = 0;
            while (!stop.IsCancellationRequested)
            {
                if (await Blocks.BuildAsync(workspace, Today, evenIfRecent: true, CancellationToken.None)) built++;
            }

            return built;
        });

        const int devices = 6;
        const int changes = 40;
        await Task.WhenAll(Enumerable.Range(0, devices).Select(async device =>
        {
            for (var change = 1; change <= changes; change++)
            {
                await PostAsync(ada, workspace, $"racer-{device.ToString(CultureInfo.InvariantCulture)}", change, change);
                var told = (await ada.AnswerAsync($"/v1/usage?by=device&device_id=racer-{device.ToString(CultureInfo.InvariantCulture)}")).ShouldBeStored();
                told["totals.message_count"]!.GetValue<long>().ShouldBe(change, "what was answered with 200 is in the next answer");
            }
        }));
        await stop.CancelAsync();
        (await building).ShouldBeGreaterThan(5);
        (await MessagesAsync(ada)).ShouldBe(devices * changes);
        await BuildAsync(workspace);
        (await BesideAsync(workspace)).ShouldBeEmpty();
        (await MessagesAsync(ada)).ShouldBe(devices * changes);
    }

    [Fact]
    public async Task Answers_have_the_days_prepared_that_they_had_to_read_row_by_row()
    {
        const string workspace = "ws_block_asked";
        using var ada = await OwnerAsync(workspace);
        await PostAsync(ada, workspace, "one", 1, 10);
        (await MessagesAsync(ada)).ShouldBe(10);
        await Eventually.TrueAsync(async () => (await BesideAsync(workspace)).Count == 0, "the day is prepared");
        (await MessagesAsync(ada)).ShouldBe(10);
    }

    private static async Task PostAsync(HttpClient client, string workspace, string device, int second, int messages) =>
        (await client.PostEnvelopeAsync(
            EnvelopeBuilder.For(workspace).Device(device).SyncedAt(ServiceFixture.Start.AddSeconds(second)).Rollup(Today, row => row.Messages(messages)), ("User-Agent", "ureq/3.3.0"))).ShouldBeStored();

    private static async Task<long> MessagesAsync(HttpClient client) => (await client.AnswerAsync("/v1/usage")).ShouldBeStored()["totals.message_count"]!.GetValue<long>();

    private async Task<HttpClient> OwnerAsync(string workspace)
    {
        using var client = await fixture.ClientAsync("ada", UserRole.Owner, workspace);
        return _service.ClientWith(client.DefaultRequestHeaders.Authorization!.Parameter!);
    }

    /// <summary>Again where the service itself was at it: one of two gives way.</summary>
    private Task<TimeSpan> BuildAsync(string workspace) =>
        Eventually.TrueAsync(() => Blocks.BuildAsync(workspace, Today, evenIfRecent: true, TestContext.Current.CancellationToken), "a copy is made");

    private Task<List<string>> BesideAsync(string workspace) =>
        _service.QueryAsync<string>($"SELECT device_id FROM device_days WHERE workspace_id = '{workspace}' AND NOT in_block ORDER BY device_id");

    private async Task<string> CopiesAsync(string workspace) =>
        string.Concat((await _service.QueryAsync<byte[]>($"SELECT content FROM usage_blocks WHERE workspace_id = '{workspace}' AND content IS NOT NULL")).Select(Encoding.Latin1.GetString));
}
