using Ingest.Api.Configuration;
using Ingest.Api.Errors;
using Ingest.Domain.Identity;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Ingest.Api.Pages;

/// <summary>Forms that are sent by POST, and whether they come from a page of this server that was made for whoever sends them.</summary>
internal static class PageForms
{
    /// <summary>The field that carries <see cref="PageToken.FormProof"/>.</summary>
    public const string Proof = "form_proof";

    private const int MostBytes = 16 * 1024;

    private static readonly FormOptions Small = new() { ValueCountLimit = 64, KeyLengthLimit = 64, ValueLengthLimit = 4096 };

    /// <summary>Reads the form; what the endpoint behind asks for is there then.</summary>
    /// <param name="context">With the form.</param>
    /// <param name="token">Of whoever sends it.</param>
    /// <param name="settings">Where this server is reached.</param>
    /// <returns>Null when it may be acted on.</returns>
    public static async Task<Problem?> AdmitAsync(HttpContext context, PageToken token, IngestSettings settings)
    {
        var request = context.Request;
        if (!IsFromHere(request, settings.PublicUrl)) return Problem.Of(ProblemCode.FormRefused);
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
            return new Problem(ProblemCode.UnsupportedMediaType, "Forms are sent as application/x-www-form-urlencoded.");

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = MostBytes;
        try
        {
            var form = await request.ReadFormAsync(Small, context.RequestAborted);
            return token.Proves(form[Proof]) ? null : Problem.Of(ProblemCode.FormRefused);
        }
        catch (InvalidDataException)
        {
            return new Problem(ProblemCode.BodyTooLarge, "The form holds more than any page of this server asks for.");
        }
    }

    /// <summary>A text of a form as the database can hold it, cut between two characters where it is too long.</summary>
    public static string? Text(IFormCollection form, string name, int most)
    {
        var text = form[name].ToString().Replace("\0", "", StringComparison.Ordinal).Trim();
        if (text.Length > most) text = text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];
        return text.Length == 0 ? null : text;
    }

    /// <summary>
    /// Browsers say which page sends a form: in words that no page can change, and older ones by its origin. What says neither is no browser, whose
    /// cookies no foreign page can use; the proof is asked of all.
    /// </summary>
    private static bool IsFromHere(HttpRequest request, string? publicUrl)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0) return site is "same-origin" or "none";
        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0
            || string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase)
            || (publicUrl is not null && string.Equals(origin, new Uri(publicUrl).GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase));
    }
}
