using System.Text.Json;

namespace Ingest.Api.Tests.Plumbing;

internal static class ProblemAnswer
{
    /// <summary>Checks what every refusal has in common, and gives its body back.</summary>
    public static async Task<JsonElement> ShouldBeProblemAsync(this HttpResponseMessage response, int status, string code)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        ((int)response.StatusCode).ShouldBe(status, text);
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        var body = JsonDocument.Parse(text).RootElement;
        body.GetProperty("code").GetString().ShouldBe(code);
        body.GetProperty("status").GetInt32().ShouldBe(status);
        body.GetProperty("type").GetString().ShouldBe("urn:ingest:problem:" + code);
        body.GetProperty("title").GetString().ShouldNotBeNullOrWhiteSpace();
        body.GetProperty("detail").GetString().ShouldNotBeNullOrWhiteSpace();
        body.GetProperty("error").GetString().ShouldBe(body.GetProperty("detail").GetString());
        response.Headers.GetValues("Ingest-Attempt-Id").ShouldBe([body.GetProperty("attempt_id").GetString()!]);
        return body;
    }
}
