using Ingest.Testing.Envelopes;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Walls;

/// <summary>Texts that look like paths or addresses, by policy, all the way into the tables and out again.</summary>
public sealed class FreeTextTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private const string Folder = "/home/ada-the-first/src/app", Address = "ada-the-first@example.com";

    [Fact]
    public async Task Redacted_rows_are_stored_and_hold_nothing_of_it()
    {
        var device = ServiceFixture.NewDevice();
        var envelope = Telling(device);
        (await fixture.Service.PostAsync(envelope)).ShouldBeStored()["rows.changed"]!.GetValue<int>().ShouldBe(4);
        (await fixture.Service.PostAsync(envelope)).ShouldBeStored()["rows.unchanged"]!.GetValue<int>().ShouldBe(4);

        (await fixture.RowsAsync("daily_rollups", device, "repo_id")).Count.ShouldBe(3);
        (await HoldingAsync(device, "ada-the-first")).ShouldBeEmpty();
        (await fixture.Service.StatusAsync(device)).Text("label").ShouldBe("redacted:path");
        (await fixture.Service.QueryAsync<string>($"SELECT title FROM session_summaries WHERE device_id = '{device}'")).ShouldBe(["redacted:email"]);
        var repositories = await fixture.Service.QueryAsync<string>($"SELECT repo_id FROM daily_rollups WHERE device_id = '{device}' ORDER BY repo_id");
        repositories.Select(repository => repository[..14]).ShouldBe(["github.com/acm", "redacted:email", "redacted:path:"]);
    }

    [Fact]
    public async Task Quarantined_rows_wait_without_it_and_come_in_redacted_when_somebody_says_so()
    {
        await using var service = await fixture.InstanceAsync(("Privacy:FreeText", "quarantine"));
        var device = ServiceFixture.NewDevice();
        var answer = (await service.PostAsync(Telling(device))).ShouldBeStored();
        answer["rows.rejected"]!.GetValue<int>().ShouldBe(3);
        answer["rejected_rows"]!.AsArray().Select(row => row!["code"]!.GetValue<string>()).ShouldAllBe(code => code == "private_text");
        (await HoldingAsync(device, "ada-the-first")).ShouldBeEmpty();

        using var content = new StringContent($"{{\"device_id\": \"{device}\", \"all\": true}}", System.Text.Encoding.UTF8, "application/json");
        var replayed = await ServiceAnswer.ReadAsync(await service.Client.PostAsync(new Uri("/v1/ingest/quarantine/replay", UriKind.Relative), content, TestContext.Current.CancellationToken));
        ((int)replayed.Status).ShouldBe(200, replayed.Body!.ToJsonString());
        (await fixture.CountAsync("quarantined_rows", device)).ShouldBe(0);
        (await fixture.CountAsync("daily_rollups", device)).ShouldBe(3);
        (await HoldingAsync(device, "ada-the-first")).ShouldBeEmpty();

        // What was let in by hand is what the device sends to a server that redacts.
        (await fixture.Service.PostAsync(Telling(device, seconds: 60))).ShouldBeStored()["rows.changed"]!.GetValue<int>().ShouldBe(0);
    }

    [Fact]
    public async Task A_row_that_was_kept_whole_before_is_replaced_and_counts_once()
    {
        await using var service = await fixture.InstanceAsync(("Privacy:FreeText", "keep"));
        var device = ServiceFixture.NewDevice();
        (await service.PostAsync(Telling(device))).ShouldBeStored();
        (await HoldingAsync(device, Folder)).ShouldNotBeEmpty();
        var sums = await SumsAsync(device);

        (await fixture.Service.PostAsync(Telling(device, seconds: 60), ("Ingest-Complete-By", "day"))).ShouldBeStored();
        (await SumsAsync(device)).ShouldBe(sums);
        (await fixture.Service.QueryAsync<string>($"SELECT repo_id FROM daily_rollups WHERE device_id = '{device}' AND ghosted_at IS NULL")).ShouldNotContain(Folder);
        (await fixture.Service.PostAsync(Telling(device, seconds: 120), ("Ingest-Complete-By", "day"))).ShouldBeStored()["rows.changed"]!.GetValue<int>().ShouldBe(0);
    }

    private static EnvelopeBuilder Telling(string device, int seconds = 0) => ServiceFixture.Envelope(device, EnvelopeBuilder.DefaultSyncedAt.AddSeconds(seconds)).Label(Folder)
        .Rollup(ServiceFixture.Today).Rollup(ServiceFixture.Today, row => row.Raw("repo_id", $"\"{Folder}\"")).Rollup(ServiceFixture.Today, row => row.Raw("repo_id", $"\"{Address}\""))
        .Session("s", row => row.Raw("title", $"\"Ask {Address}\""));

    private Task<List<string>> SumsAsync(string device) =>
        fixture.Service.QueryAsync<string>($"SELECT sum(message_count) || ' ' || sum(input_tokens) || ' ' || count(*) FROM daily_rollups WHERE device_id = '{device}' AND ghosted_at IS NULL");

    private async Task<List<string>> HoldingAsync(string device, string text) =>
        [.. (await Leaks.InTablesAsync(fixture.Service, text)).Where(row => row.Contains(device, StringComparison.Ordinal))];
}
