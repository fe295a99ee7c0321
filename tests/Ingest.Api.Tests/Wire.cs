using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Ingest.Testing;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests;

/// <summary>Requests by other clients than the service's own.</summary>
internal static class Wire
{
    public static Task<ServiceAnswer> PostEnvelopeAsync(this HttpClient client, EnvelopeBuilder envelope, params (string Name, string Value)[] headers) =>
        client.PostEnvelopeAsync(envelope.ToBytes(), headers);

    public static Task<ServiceAnswer> PostEnvelopeAsync(this HttpClient client, string body, params (string Name, string Value)[] headers) =>
        client.PostEnvelopeAsync(Encoding.UTF8.GetBytes(body), headers);

    public static async Task<ServiceAnswer> PostEnvelopeAsync(this HttpClient client, byte[] body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/ingest") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content.Headers.Remove(name);
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return await ServiceAnswer.ReadAsync(await client.SendAsync(request));
    }

    public static async Task<ServiceAnswer> AnswerAsync(this HttpClient client, string path) =>
        await ServiceAnswer.ReadAsync(await client.GetAsync(new Uri(path, UriKind.Relative)));

    /// <param name="client">Who sends.</param>
    /// <param name="place">Method and path, as <c>POST /v1/…</c>.</param>
    /// <param name="body">JSON, where there is one.</param>
    /// <param name="headers">Beside those of the client.</param>
    public static async Task<ServiceAnswer> AskAsync(this HttpClient client, string place, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(place.Split(' ')[0]), place.Split(' ')[1]);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await ServiceAnswer.ReadAsync(await client.SendAsync(request));
    }

    public static ServiceAnswer ShouldBeCreated(this ServiceAnswer answer)
    {
        ((int)answer.Status).ShouldBe(201, answer.Body?.ToJsonString());
        answer.Response.Headers.Location.ShouldNotBeNull();
        return answer;
    }

    public static Task<ServiceAnswer> StatusOfAsync(this HttpClient client, string device) =>
        client.AnswerAsync($"/v1/ingest/status?device_id={Uri.EscapeDataString(device)}");

    public static ServiceAnswer ShouldBeStored(this ServiceAnswer answer)
    {
        ((int)answer.Status).ShouldBe(200, answer.Body?.ToJsonString());
        return answer;
    }

    public static ServiceAnswer ShouldBeRefused(this ServiceAnswer answer, int status, string code)
    {
        ((int)answer.Status).ShouldBe(status, answer.Body?.ToJsonString());
        answer.Response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        answer.Text("code").ShouldBe(code);
        answer["status"]!.GetValue<int>().ShouldBe(status);
        answer.Text("error").ShouldBe(answer.Text("detail"));
        answer.Text("attempt_id").ShouldBe(answer.Response.Headers.GetValues("Ingest-Attempt-Id").Single());
        if (status == 503) answer.Response.Headers.RetryAfter.ShouldNotBeNull();
        return answer;
    }

    /// <summary>Deletes a device as it is when that is asked: what is noted of it behind its envelopes may come in between.</summary>
    public static Task<TimeSpan> DeleteDeviceAsync(this HttpClient client, string device) => Eventually.TrueAsync(
        async () =>
        {
            using var contents = await client.GetAsync($"/v1/devices/{device}/contents");
            using var delete = new HttpRequestMessage(HttpMethod.Delete, $"/v1/devices/{device}") { Headers = { IfMatch = { contents.Headers.ETag! } } };
            using var answer = await client.SendAsync(delete);
            return answer.StatusCode is HttpStatusCode.PreconditionFailed ? false : answer.EnsureSuccessStatusCode().IsSuccessStatusCode;
        },
        "the device is deleted");
}
