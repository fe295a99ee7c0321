using System.Net.Sockets;
using System.Text;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Envelopes;

/// <summary>Envelopes that are not taken, each with the answer that its daemon understands, and none leaves a row of data.</summary>
public sealed class RefusalTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly DateOnly Today = ServiceFixture.Today;

    private IngestService Service => fixture.Service;

    [Theory]
    [InlineData("5", "5")]
    [InlineData("0", "0")]
    [InlineData("\"2\"", "a string")]
    [InlineData("null", "null")]
    [InlineData(null, "missing")]
    public async Task An_unsupported_version_is_told_in_the_one_sentence_a_daemon_can_read(string? version, string told)
    {
        var device = ServiceFixture.NewDevice();
        var envelope = ServiceFixture.Envelope(device).Rollup(Today);
        envelope = version is null ? envelope.Without("schema_version") : envelope.Field("schema_version", version);
        var answer = (await Service.PostAsync(envelope)).ShouldBeRefused(422, "unsupported_schema_version");
        answer.Text("error").ShouldBe($"Unsupported schema_version: {told}. Expected one of: [1, 2, 3, 4].");
        await NothingIsStoredAsync(device);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Every_version_is_taken_and_8_5_0_may_name_its_workspace_as_it_does(int version)
    {
        var device = ServiceFixture.NewDevice();
        (await Service.PostAsync(ServiceFixture.Envelope(device).Version(version).AsOrganisation().Rollup(Today, row => row.CostOfVersion1(3.25m)))).ShouldBeStored();
        (await Service.QueryAsync<string>($"SELECT surface || ' ' || cost_ingested || ' ' || cost_effective FROM daily_rollups WHERE device_id = '{device}'")).ShouldBe(["unknown 32500 32500"]);
    }

    [Fact]
    public async Task The_workspace_decides_over_the_organisation_where_both_are_sent() =>
        (await Service.PostAsync(ServiceFixture.Envelope(ServiceFixture.NewDevice()).Field("org_id", "\"org_other\"").Rollup(Today))).ShouldBeStored();

    [Fact]
    public async Task An_envelope_of_another_workspace_is_403_and_says_which_one_the_keys_is()
    {
        var device = ServiceFixture.NewDevice();
        var answer = (await Service.PostAsync(ServiceFixture.Envelope(device).Field("workspace_id", "\"ws_other\"").Rollup(Today))).ShouldBeRefused(403, "workspace_mismatch");
        answer.Text("detail")!.ShouldContain(IngestService.WorkspaceId);
        (await Service.StatusAsync(device)).ShouldBeRefused(404, "device_not_found");
        await NothingIsStoredAsync(device);
    }

    [Theory]
    [InlineData("device_id", "\"no spaces\"", "$.device_id")]
    [InlineData("device_id", "7", "$.device_id")]
    [InlineData("workspace_id", "7", "$.workspace_id")]
    [InlineData("synced_at", "\"yesterday\"", "$.synced_at")]
    [InlineData("payload", "[]", "$.payload")]
    [InlineData("payload", "{\"daily_rollups\": {}, \"session_summaries\": []}", "$.payload.daily_rollups")]
    [InlineData("payload", "{\"daily_rollups\": [], \"session_summaries\": [], \"window_summaries\": null}", "$.payload.window_summaries")]
    public async Task A_structure_that_cannot_be_used_is_422_and_names_the_place(string field, string json, string path)
    {
        var device = ServiceFixture.NewDevice();
        var answer = (await Service.PostAsync(ServiceFixture.Envelope(device).Rollup(Today).Field(field, json))).ShouldBeRefused(422, "invalid_envelope");
        answer["errors"]![0]!["path"]!.GetValue<string>().ShouldBe(path);
        await NothingIsStoredAsync(device);
    }

    [Theory]
    [InlineData("", "no_body")]
    [InlineData("   ", "invalid_json")]
    [InlineData("{", "invalid_json")]
    [InlineData("not json", "invalid_json")]
    [InlineData("{} {}", "invalid_json")]
    public async Task What_is_no_JSON_is_400(string body, string code) => (await Service.Client.PostEnvelopeAsync(body)).ShouldBeRefused(400, code);

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("\"text\"")]
    public async Task JSON_that_is_no_object_is_422(string body) => (await Service.Client.PostEnvelopeAsync(body)).ShouldBeRefused(422, "invalid_envelope");

    [Fact]
    public async Task A_body_of_another_type_or_encoding_is_415_and_one_too_large_413()
    {
        await using var service = await fixture.InstanceAsync(("Limits:BodyBytes", "2048"));
        var body = ServiceFixture.Envelope(ServiceFixture.NewDevice()).Rollup(Today).ToBytes();
        (await service.Client.PostEnvelopeAsync(body, ("Content-Type", "text/plain"))).ShouldBeRefused(415, "unsupported_media_type");
        (await service.Client.PostEnvelopeAsync(body, ("Content-Encoding", "zstd"))).ShouldBeRefused(415, "unsupported_content_encoding");
        (await service.Client.PostEnvelopeAsync(new byte[2049])).ShouldBeRefused(413, "body_too_large").Text("detail")!.ShouldContain("2048");
    }

    [Fact]
    public async Task An_envelope_without_rows_is_taken_and_registers_its_device()
    {
        var device = ServiceFixture.NewDevice();
        (await Service.PostAsync(ServiceFixture.Envelope(device))).ShouldBeStored()["records_upserted"]!.GetValue<int>().ShouldBe(0);
        (await Service.StatusAsync(device)).ShouldBeStored().Text("health.state").ShouldBe("healthy");
    }

    /// <summary>A client that writes its whole body before it reads would see a broken connection, and be told nothing.</summary>
    [Fact]
    public async Task The_largest_body_is_answered_also_where_nobody_reads_it()
    {
        const int Length = 32 * 1024 * 1024;
        using var client = new TcpClient();
        await client.ConnectAsync(Service.Address.Host, Service.Address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/ingest HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer budi_nobody-ever-made-this-key\r\nContent-Type: application/json\r\nContent-Length: {Length}\r\n\r\n"));
        var part = new byte[1024 * 1024];
        for (var sent = 0; sent < Length; sent += part.Length) await stream.WriteAsync(part);
        using var reader = new StreamReader(stream);
        (await reader.ReadLineAsync()).ShouldBe("HTTP/1.1 401 Unauthorized");
    }

    private async Task NothingIsStoredAsync(string device)
    {
        foreach (var table in ServiceFixture.DataTables) (await fixture.CountAsync(table, device)).ShouldBe(0, table);
    }
}
