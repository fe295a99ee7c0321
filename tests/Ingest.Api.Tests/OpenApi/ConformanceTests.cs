using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Ingest.Testing.Envelopes;
using Ingest.Testing.OpenApi;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.OpenApi;

/// <summary>Every client of the tests holds answers against the document. Here: that it really would notice.</summary>
public sealed class ConformanceTests(DocumentedService documented) : IClassFixture<DocumentedService>
{
    private const string Answer = """
        {"accepted":true,"watermark":"2026-05-12","records_upserted":1,"daily_rollups_upserted":1,"session_summaries_upserted":0,"window_summaries_upserted":0,
        "surfaces_seen":[],"providers_seen":[],"rows":{"changed":1,"unchanged":0,"superseded":0,"rejected":0},"rejected_rows":[],"attempt_id":"0196d2a4-5f31-7c1e-9a54-3b0f6f0f8f11"}
        """;

    private readonly IngestService _service = documented.Service;

    public static TheoryData<string, string, string> Deviations => new()
    {
        { "a member nobody described", """ "accepted":true, """, """ "accepted":true,"surprise":1, """ },
        { "a nested member nobody described", """ "changed":1, """, """ "changed":1,"surprise":1, """ },
        { "a missing member", """ "providers_seen":[], """, " " },
        { "a number in quotes", """ "records_upserted":1, """, """ "records_upserted":"1", """ },
        { "a fraction", """ "records_upserted":1, """, """ "records_upserted":1.5, """ },
        { "a null", """ "accepted":true, """, """ "accepted":null, """ },
        { "a day that is none", "2026-05-12", "2026-02-30" },
        { "a timestamp for a day", "2026-05-12", "2026-05-12T00:00:00Z" },
        { "an id that is none", "0196d2a4-5f31", "0196d2a4+5f31" },
        { "a code nobody described", """ "rejected_rows":[] """, """ "rejected_rows":[{"path":"$","code":"surprise","message":"?"}] """ },
        { "too many", """ "surfaces_seen":[] """, $$""" "surfaces_seen":[{{string.Join(',', Enumerable.Repeat("\"x\"", 33))}}] """ },
    };

    [Fact]
    public async Task A_right_answer_passes() => (await CheckAsync(Answer)).ShouldBeEmpty();

    [Theory, MemberData(nameof(Deviations))]
    public async Task An_answer_that_deviates_is_noticed(string what, string from, string to)
    {
        var deviating = Answer.Replace(from.Trim(), to.Trim(), StringComparison.Ordinal);
        deviating.ShouldNotBe(Answer);
        (await CheckAsync(deviating)).ShouldNotBeEmpty(what);
    }

    [Fact]
    public async Task An_undescribed_status_type_or_header_is_noticed()
    {
        (await CheckAsync(Answer, response => response.StatusCode = HttpStatusCode.Created)).ShouldHaveSingleItem();
        (await CheckAsync(Answer, response => response.Content.Headers.ContentType = new MediaTypeHeaderValue("text/json"))).ShouldHaveSingleItem();
        (await CheckAsync(Answer, response => response.Headers.Remove("Ingest-Attempt-Id"))).ShouldHaveSingleItem();
        (await CheckAsync(Answer, response => response.Headers.TryAddWithoutValidation("RateLimit", "plenty"))).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(422, "invalid_rows", true)]
    [InlineData(422, "rate_limited", false)]
    [InlineData(403, "invalid_rows", false)]
    public async Task A_refusal_that_the_operation_does_not_declare_is_noticed(int status, string code, bool declared)
    {
        var document = await _service.DocumentAsync();
        var problem = document.Operation(HttpMethod.Post, "/v1/ingest")!["responses"]!["422"]!["content"]!["application/problem+json"]!["examples"]!["invalid_rows"]!["value"]!.DeepClone();
        problem["code"] = code;
        var errors = await CheckAsync(problem.ToJsonString(), response =>
        {
            response.StatusCode = (HttpStatusCode)status;
            response.Content.Headers.ContentType = new MediaTypeHeaderValue("application/problem+json");
        });
        (errors.Count == 0).ShouldBe(declared, string.Join("; ", errors));
    }

    [Fact]
    public void A_keyword_it_does_not_know_is_never_passed_over()
    {
        var schema = new JsonSchema(new JsonObject(), closed: false);
        Should.Throw<NotSupportedException>(() => schema.Check(JsonNode.Parse("""{"not":{}}""")!, null));
        Should.Throw<NotSupportedException>(() => schema.Check(JsonNode.Parse("""{"format":"hostname"}""")!, null));
        Should.Throw<NotSupportedException>(() => schema.Check(JsonNode.Parse("""{"type":"decimal"}""")!, null));
        schema.Check(JsonNode.Parse("""{"oneOf":[{"type":"null"},{"type":"string","maxLength":3}]}""")!, "long").ShouldNotBeEmpty();
        schema.Check(JsonNode.Parse("""{"allOf":[{"minimum":2},{"maximum":3}]}""")!, 4).ShouldHaveSingleItem();
        schema.Check(JsonNode.Parse("""{"const":1}""")!, 2).ShouldHaveSingleItem();
        schema.Check(JsonNode.Parse("""{"additionalProperties":{"type":"integer"}}""")!, JsonNode.Parse("""{"a":1,"b":""}""")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_mismatch_fails_the_client_that_meets_it()
    {
        var empty = new ServedDocument("""{"paths":{},"components":{"schemas":{}}}""");
        using var client = new HttpClient(new OpenApiConformance(() => Task.FromResult(empty), new SocketsHttpHandler())) { BaseAddress = _service.Address };
        var failure = await Should.ThrowAsync<OpenApiMismatchException>(() => client.GetAsync(new Uri("/health/live", UriKind.Relative)));
        failure.Message.ShouldContain("GET /health/live was answered 200");
    }

    [Fact]
    public async Task Every_kind_of_answer_is_as_described()
    {
        using var stranger = _service.ClientWithoutKey();
        using var unknown = _service.ClientWith("budi_nobody_knows_this_key_here");
        var envelope = EnvelopeBuilder.For(IngestService.WorkspaceId).Device("dev_kinds");
        var good = envelope.Rollup(new DateOnly(2026, 5, 12)).ToJson();

        (await StatusesAsync(
            stranger.GetAsync("/health/live"), stranger.GetAsync("/health/ready"), stranger.GetAsync("/v1/whoami"), unknown.GetAsync("/v1/whoami"),
            _service.Client.GetAsync("/v1/whoami"), _service.Client.GetAsync("/v1/pricing/active?since_version=0"),
            _service.Client.GetAsync("/v1/ingest/status"), _service.Client.GetAsync("/v1/ingest/status?device_id=%20"), _service.Client.GetAsync("/v1/ingest/status?device_id=none"),
            stranger.GetAsync("/nothing/here"), stranger.DeleteAsync("/v1/ingest"), stranger.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/v1/whoami")),
            PostAsync(good), PostAsync(good, "text/plain"), PostAsync(""), PostAsync("{"), PostAsync("[]"), PostAsync(good, encoding: "deflate"), PostAsync(good, encoding: "gzip"),
            PostAsync(good.Replace("\"schema_version\": 2", "\"schema_version\": 9", StringComparison.Ordinal)),
            PostAsync(good.Replace(IngestService.WorkspaceId, "ws_other", StringComparison.Ordinal)),
            PostAsync(good.Replace("2026-05-12", "soon", StringComparison.Ordinal)),
            PostAsync(EnvelopeBuilder.For(IngestService.WorkspaceId).Device("dev_mixed").Rollup(new DateOnly(2026, 5, 12)).RawRollup("7").ToJson())))
            .ShouldBe([200, 200, 401, 401, 200, 404, 400, 400, 404, 404, 405, 405, 200, 415, 400, 400, 422, 415, 400, 422, 403, 422, 200]);
    }

    [Fact]
    public async Task What_exceeds_a_limit_is_answered_as_described()
    {
        await using var narrow = await documented.InstanceAsync(("Limits:BodyBytes", "65536"), ("Limits:RequestsPerMinute", "60"));
        (await narrow.PostAsync(new string(' ', 70_000))).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);

        ServiceAnswer answer;
        do answer = await narrow.GetAsync("/v1/whoami");
        while (answer.Status == HttpStatusCode.OK);
        answer.Status.ShouldBe(HttpStatusCode.TooManyRequests);
        answer.Response.Headers.RetryAfter.ShouldNotBeNull();
        answer.Response.Headers.Contains("RateLimit").ShouldBeTrue();
    }

    private Task<HttpResponseMessage> PostAsync(string body, string type = "application/json", string? encoding = null)
    {
        var content = new StringContent(body, Encoding.UTF8, type);
        if (encoding is not null) content.Headers.ContentEncoding.Add(encoding);
        return _service.Client.PostAsync("/v1/ingest", content);
    }

    private static async Task<List<int>> StatusesAsync(params Task<HttpResponseMessage>[] answers)
    {
        var statuses = new List<int>();
        foreach (var answer in answers)
        {
            using var response = await answer;
            statuses.Add((int)response.StatusCode);
        }

        return statuses;
    }

    private async Task<IReadOnlyList<string>> CheckAsync(string body, Action<HttpResponseMessage>? change = null)
    {
        using var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        response.Headers.Add("Ingest-Attempt-Id", "0196d2a4-5f31-7c1e-9a54-3b0f6f0f8f11");
        change?.Invoke(response);
        return OpenApiConformance.Check(await _service.DocumentAsync(), HttpMethod.Post, "/v1/ingest", response, body);
    }
}
