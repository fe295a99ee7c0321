using System.Text.Json.Nodes;
using Ingest.Testing.OpenApi;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.OpenApi;

/// <summary>The examples of the document, tried.</summary>
public sealed class ExampleTests(DocumentedService documented) : IClassFixture<DocumentedService>
{
    private readonly IngestService _service = documented.Service;

    [Theory]
    [InlineData("version_1")]
    [InlineData("version_2")]
    [InlineData("version_3")]
    [InlineData("version_4")]
    public async Task An_envelope_of_the_document_is_as_described_and_stored_whole(string name)
    {
        var document = await _service.DocumentAsync();
        var envelope = Envelope(document, name, "dev_" + name);
        document.Requests.Check(document.Schema("Envelope"), envelope).ShouldBeEmpty();

        var answer = await _service.PostAsync(envelope.ToJsonString());
        ((int)answer.Status).ShouldBe(200);
        answer["rejected_rows"]!.AsArray().ShouldBeEmpty();
        answer["rows.changed"]!.GetValue<int>().ShouldBe(Rows(envelope));
    }

    [Fact]
    public async Task Every_envelope_of_the_document_is_tried()
    {
        var document = await _service.DocumentAsync();
        document.Operation(HttpMethod.Post, "/v1/ingest")!["requestBody"]!["content"]!["application/json"]!["examples"]!.AsObject()
            .Select(example => example.Key).ShouldBe(["version_1", "version_2", "version_3", "version_4"], ignoreOrder: true);
    }

    [Fact]
    public async Task The_answers_shown_are_the_answers_given()
    {
        var document = await _service.DocumentAsync();
        var envelope = Envelope(document, "version_2", "dev_answers");
        (await AnswerAsync(envelope)).ShouldBe(Shown(document, "stored"));
        (await AnswerAsync(envelope)).ShouldBe(Shown(document, "unchanged"));

        var bad = Envelope(document, "version_2", "dev_quarantine");
        bad["payload"]!["daily_rollups"]![1]!["message_count"] = -7;
        (await AnswerAsync(bad)).ShouldBe(Shown(document, "quarantined"));
    }

    [Fact]
    public async Task The_status_shown_has_the_members_of_the_one_given()
    {
        var document = await _service.DocumentAsync();
        await AnswerAsync(Envelope(document, "version_2", "dev_status"));
        var given = (await _service.StatusAsync("dev_status")).Body!.AsObject();
        var shown = document.Operation(HttpMethod.Get, "/v1/ingest/status")!["responses"]!["200"]!["content"]!["application/json"]!["examples"]!["healthy"]!["value"]!.AsObject();
        shown.Select(member => member.Key).ShouldBe(given.Select(member => member.Key));
        foreach (var name in new[] { "watermark", "open_day", "closed_through", "total_rollup_records", "total_session_records", "health.state", "health.reason" })
            Member(given, name).ShouldBe(Member(shown, name), name);
    }

    private static string? Member(JsonNode node, string path) => path.Split('.').Aggregate<string, JsonNode?>(node, (inner, name) => inner?[name])?.ToJsonString();

    private static JsonNode Envelope(ServedDocument document, string name, string device)
    {
        var content = document.Operation(HttpMethod.Post, "/v1/ingest")!["requestBody"]!["content"]!["application/json"]!;
        var envelope = content["examples"]![name]!["value"]!.DeepClone();
        envelope["device_id"] = device;
        return envelope;
    }

    private static string Shown(ServedDocument document, string name) =>
        Normalised(document.Operation(HttpMethod.Post, "/v1/ingest")!["responses"]!["200"]!["content"]!["application/json"]!["examples"]![name]!["value"]!);

    private async Task<string> AnswerAsync(JsonNode envelope) => Normalised((await _service.PostAsync(envelope.ToJsonString())).Body!);

    private static string Normalised(JsonNode answer)
    {
        var copy = answer.DeepClone();
        copy["attempt_id"] = "(some id)";
        return copy.ToJsonString();
    }

    private static int Rows(JsonNode envelope) => envelope["payload"]!.AsObject().Sum(rows => rows.Value!.AsArray().Count);
}
