namespace Ingest.Api.Tests.Pages;

internal static class PageAnswers
{
    public static IReadOnlyList<string> SetCookies(this HttpResponseMessage answer) => answer.Headers.TryGetValues("Set-Cookie", out var values) ? [.. values] : [];

    public static HttpResponseMessage ShouldLeadTo(this HttpResponseMessage answer, string address)
    {
        ((int)answer.StatusCode).ShouldBe(303);
        answer.Headers.Location!.OriginalString.ShouldBe(address);
        return answer;
    }

    /// <returns>Its text.</returns>
    public static async Task<string> ShouldBePageAsync(this HttpResponseMessage answer, int status = 200)
    {
        var html = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(status, html);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/html", html);
        answer.ShouldBeStrict();
        return html;
    }

    public static void ShouldBeStrict(this HttpResponseMessage answer)
    {
        answer.Headers.GetValues("Content-Security-Policy").Single().ShouldBe(
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
        answer.Headers.GetValues("Referrer-Policy").Single().ShouldBe("same-origin");
        answer.Headers.GetValues("X-Content-Type-Options").Single().ShouldBe("nosniff");
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }
}
