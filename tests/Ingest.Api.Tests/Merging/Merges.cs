using System.Text;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Merging;

/// <summary>Requests about devices with several ids.</summary>
internal static class Merges
{
    public static Task<ServiceAnswer> PreviewAsync(this HttpClient client, string device, string into, string kind = "continue") =>
        client.AnswerAsync($"/v1/devices/{device}/merge?into={into}&as={kind}");

    public static Task<ServiceAnswer> MergeAsync(this HttpClient client, string device, string into, string kind, string? tag) =>
        client.SendAsync(HttpMethod.Post, $"/v1/devices/{device}/merge", $$"""{"into":"{{into}}","as":"{{kind}}"}""", tag);

    /// <summary>Looks at the preview and decides accordingly.</summary>
    public static async Task<ServiceAnswer> DecideAsync(this HttpClient client, string device, string into, string kind = "continue")
    {
        var preview = (await client.PreviewAsync(device, into, kind)).ShouldBeStored();
        return (await client.MergeAsync(device, into, kind, preview.Response.Headers.ETag!.ToString())).ShouldBeStored();
    }

    public static Task<ServiceAnswer> UnmergeAsync(this HttpClient client, string device) => client.SendAsync(HttpMethod.Delete, $"/v1/devices/{device}/merge");

    public static Task<ServiceAnswer> DistinctAsync(this HttpClient client, string device, string other) =>
        client.SendAsync(HttpMethod.Post, $"/v1/devices/{device}/distinct", $$"""{"other_device_id":"{{other}}"}""");

    public static async Task<ServiceAnswer> SendAsync(this HttpClient client, HttpMethod method, string path, string? body = null, string? tag = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (tag is not null) request.Headers.TryAddWithoutValidation("If-Match", tag).ShouldBeTrue();
        return await ServiceAnswer.ReadAsync(await client.SendAsync(request));
    }

    public static async Task<long> MessagesAsync(this HttpClient client, string query = "") =>
        (await client.AnswerAsync("/v1/usage" + query)).ShouldBeStored()["totals.message_count"]!.GetValue<long>();
}
