using System.Text;
using Ingest.Testing.Envelopes;

namespace Ingest.Api.Tests.Envelopes;

/// <summary>P9: only the fields of the contract are stored, whatever else a client sends, and whatever becomes of its envelope.</summary>
public sealed class PrivacyTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private const string Secret = "c0ntent-0f-s0meb0dy";

    private static readonly DateOnly Today = ServiceFixture.Today;

    [Fact]
    public async Task What_the_contract_does_not_name_reaches_no_table()
    {
        const string Text = $"\"{Secret}\"";
        const string Nested = $"{{\"prompt\": {Text}, \"files\": [{Text}]}}";
        EnvelopeBuilder Telling(string? device = null) => ServiceFixture.Envelope(device ?? ServiceFixture.NewDevice())
            .Field("cwd", Text).Field("prompt", Nested).Field(Secret, "1");
        var service = fixture.Service;

        var good = Telling().Rollup(Today, row => row.Raw("cwd", Text).Raw("messages", Nested).Raw(Secret, "true"))
            .Session("s", row => row.Raw("transcript", Nested).Raw("vital_overall_state", Nested).Raw("ticket_source", Nested).Raw("vital_thrashing_metric", Nested))
            .Window(ServiceFixture.Start, row => row.Raw("note", Text).Raw("surface", Nested).Raw("provider", Nested));
        (await service.PostAsync(good)).ShouldBeStored()["rejected_rows"]!.AsArray().ShouldBeEmpty();

        var bad = Telling().Rollup(Today)
            .Rollup(Today, row => row.Raw("model", Nested).Raw("cwd", Text)).Rollup(Today, row => row.Raw("message_count", Nested))
            .RawRollup(Text).RawRollup($"[{Text}]").RawSession(Nested).Session("s", row => row.Raw("title", Nested)).Window(ServiceFixture.Start, row => row.Raw("is_active", Nested));
        (await service.PostAsync(bad)).ShouldBeStored()["rows.rejected"]!.GetValue<int>().ShouldBe(7);
        (await service.PostAsync(bad, ("Prefer", "handling=strict"))).ShouldBeRefused(422, "invalid_rows");
        var device = ServiceFixture.NewDevice();
        (await service.PostAsync(Telling(device).RawRollup(Nested))).ShouldBeRefused(422, "no_usable_rows");
        (await service.PostAsync(Telling(device).RawRollup(Nested))).ShouldBeStored();

        (await service.PostAsync(Telling().Field("schema_version", Text))).ShouldBeRefused(422, "unsupported_schema_version");
        (await service.PostAsync(Telling().Field("schema_version", "5").Rollup(Today))).ShouldBeRefused(422, "unsupported_schema_version");
        (await service.PostAsync(Telling().Field("workspace_id", Text))).ShouldBeRefused(403, "workspace_mismatch");
        (await service.PostAsync(Telling().Field("device_id", $"\"/home/{Secret}\""))).ShouldBeRefused(422, "invalid_envelope");
        (await service.PostAsync(Telling().Field("synced_at", Text))).ShouldBeRefused(422, "invalid_envelope");
        (await service.PostAsync(Telling().Field("payload", Nested))).ShouldBeRefused(422, "invalid_envelope");
        (await service.Client.PostEnvelopeAsync($"{{\"{Secret}\": {Text}")).ShouldBeRefused(400, "invalid_json");
        (await service.Client.PostEnvelopeAsync($"{{\"schema_version\": 2, \"schema_version\": {Text}, \"{Secret}\": 1}}")).ShouldBeRefused(422, "unsupported_schema_version");
        (await service.Client.PostEnvelopeAsync("{}", ("Content-Type", $"text/{Secret}"))).ShouldBeRefused(415, "unsupported_media_type");
        (await service.Client.PostEnvelopeAsync("{}", ("Content-Encoding", Secret))).ShouldBeRefused(415, "unsupported_content_encoding");
        await service.StopAsync();

        var tables = await service.QueryAsync<string>("SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
        tables.Count.ShouldBeGreaterThan(10);
        var hex = Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Secret));
        foreach (var table in tables)
        {
            (await service.QueryAsync<string>($"SELECT t::text FROM {table} AS t WHERE t::text LIKE '%{Secret}%' OR t::text LIKE '%{hex}%'")).ShouldBeEmpty(table);
        }

        // The search would have found something: it finds a title, which the contract does name.
        (await service.QueryAsync<string>("SELECT t::text FROM session_summaries AS t WHERE t::text LIKE '%claude_code%'")).ShouldNotBeEmpty();
        (await service.QueryAsync<long>("SELECT count(*) FROM sync_attempts")).ShouldBe([15]);
    }
}
