using System.Text.RegularExpressions;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Pages;

/// <summary>Somebody with a browser that keeps cookies, follows no redirect and runs no script: what is sent can be anything.</summary>
internal sealed partial class Visitor(IngestService service) : IDisposable
{
    public const string SessionCookie = "ingest";

    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = service.Address };

    public Dictionary<string, string> Cookies { get; } = new(StringComparer.Ordinal);

    /// <summary>Whoever is signed in with this key.</summary>
    public static async Task<Visitor> SignedInAsync(IngestService service, string key)
    {
        var visitor = new Visitor(service);
        using var answer = await visitor.SignInAsync(key);
        ((int)answer.StatusCode).ShouldBe(303, await answer.Content.ReadAsStringAsync());
        return visitor;
    }

    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    public async Task<HttpResponseMessage> SignInAsync(string key, string back = "/")
    {
        var proof = await ProofAsync("/sign-in");
        return await PostAsync("/sign-in", [("form_proof", proof), ("return", back), ("key", key)]);
    }

    /// <summary>What the forms of a page carry.</summary>
    public async Task<string> ProofAsync(string path)
    {
        using var page = await GetAsync(path);
        return Proof().Match(await page.Content.ReadAsStringAsync()) is { Success: true } found ? found.Groups["proof"].Value : throw new InvalidOperationException($"{path} has no form.");
    }

    public async Task<HttpResponseMessage> PostAsync(string path, (string Name, string Value)[] fields, params (string Name, string Value)[] headers)
    {
        using var content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        return await SendAsync(HttpMethod.Post, path, content, headers);
    }

    /// <summary>Signs out with a good form.</summary>
    public async Task<HttpResponseMessage> SignOutAsync() => await PostAsync("/sign-out", [("form_proof", await ProofAsync("/"))]);

    public void Dispose() => _client.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (headers.All(header => header.Name != "Accept")) request.Headers.TryAddWithoutValidation("Accept", "text/html,application/xhtml+xml");
        if (Cookies.Count > 0) request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", Cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        var answer = await _client.SendAsync(request);
        foreach (var cookie in answer.SetCookies())
        {
            var (name, value) = (cookie.Split('=')[0], cookie.Split('=', 2)[1].Split(';')[0]);
            if (value.Length > 0) Cookies[name] = value;
            else Cookies.Remove(name);
        }

        return answer;
    }

    [GeneratedRegex("name=\"form_proof\" value=\"(?<proof>[^\"]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Proof();
}
