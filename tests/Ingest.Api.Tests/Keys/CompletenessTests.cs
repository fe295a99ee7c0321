using Ingest.Domain.Identity;
using Ingest.Persistence.Keys;
using Ingest.Testing.Identity;
using Ingest.Testing.Service;
using Microsoft.Extensions.DependencyInjection;

namespace Ingest.Api.Tests.Keys;

/// <summary>What follows from a row that is no longer named depends on who is silent about it.</summary>
public sealed class CompletenessTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private const string Stock = "ureq/2.12.1";

    [Theory]
    [InlineData(Completeness.Auto, "curl/8.5.0", null, 2)]
    [InlineData(Completeness.Auto, Stock, null, 1)]
    [InlineData(Completeness.Auto, "curl/8.5.0", "day", 1)]
    [InlineData(Completeness.Auto, Stock, "row", 2)]
    [InlineData(Completeness.Day, "curl/8.5.0", null, 1)]
    [InlineData(Completeness.Row, Stock, "day", 2)]
    public async Task A_row_that_is_not_named_any_more_counts_only_where_envelopes_hold_single_rows(Completeness ofKey, string userAgent, string? declared, long live)
    {
        var identity = fixture.Service.Services.GetRequiredService<KeyStore>();
        using var client = fixture.Service.ClientWith((await identity.CreateKeyAsync(IngestService.WorkspaceId, completeBy: ofKey)).Key);
        (string, string)[] headers = declared is null ? [("User-Agent", userAgent)] : [("User-Agent", userAgent), ("Ingest-Complete-By", declared)];
        var device = ServiceFixture.NewDevice();
        var day = ServiceFixture.Today;
        (await client.PostEnvelopeAsync(ServiceFixture.Envelope(device).Rollup(day).Rollup(day, row => row.Model("other")), headers)).ShouldBeStored();
        (await client.PostEnvelopeAsync(ServiceFixture.Envelope(device, ServiceFixture.Start).Rollup(day), headers)).ShouldBeStored();

        (await fixture.Service.QueryAsync<long>($"SELECT count(*) FROM daily_rollups WHERE device_id = '{device}' AND ghosted_at IS NULL")).ShouldBe([live]);
        (await client.StatusOfAsync(device))["total_rollup_records"]!.GetValue<long>().ShouldBe(live);
    }

    [Fact]
    public async Task What_is_set_for_a_key_holds_for_its_next_envelopes()
    {
        var identity = fixture.Service.Services.GetRequiredService<KeyStore>();
        var key = await identity.CreateKeyAsync(IngestService.WorkspaceId);
        using var client = fixture.Service.ClientWith(key.Key);
        var device = ServiceFixture.NewDevice();
        var day = ServiceFixture.Today;
        var tick = 0;
        await PostAsync("one", "two");
        await PostAsync("one");
        (await LiveAsync()).ShouldBe(2);

        await identity.SetCompletenessAsync(key.Prefix, Completeness.Day);
        await Eventually.TrueAsync(
            async () =>
            {
                await PostAsync("one", "three");
                await PostAsync("one");
                return await LiveAsync() == 1;
            },
            "the instance knows");

        async Task PostAsync(params string[] models)
        {
            var envelope = ServiceFixture.Envelope(device, ServiceFixture.Start.AddMilliseconds(tick++));
            foreach (var model in models) envelope = envelope.Rollup(day, row => row.Model(model));
            (await client.PostEnvelopeAsync(envelope)).ShouldBeStored();
        }

        async Task<long> LiveAsync() => (await fixture.Service.QueryAsync<long>($"SELECT count(*) FROM daily_rollups WHERE device_id = '{device}' AND ghosted_at IS NULL"))[0];
    }
}
