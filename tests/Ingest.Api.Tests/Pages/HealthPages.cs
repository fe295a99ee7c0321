using System.Net;
using System.Text.RegularExpressions;
using Ingest.Domain.Identity;
using Ingest.Persistence.Keys;
using Ingest.Testing.Identity;
using Ingest.Testing.Service;
using Microsoft.Extensions.DependencyInjection;

namespace Ingest.Api.Tests.Pages;

/// <summary>Pages as who reads them sees them: their text, and the links in it.</summary>
internal static partial class HealthPages
{
    /// <summary>Somebody who is signed in with a new key of a new person.</summary>
    public static async Task<Visitor> VisitorAsync(this ServiceFixture fixture, string person, UserRole role) =>
        await Visitor.SignedInAsync(fixture.Service, (await fixture.Service.Services.GetRequiredService<KeyStore>().CreateKeyAsync(IngestService.WorkspaceId, role, person)).Key);

    public static async Task<string> PageAsync(this Visitor visitor, string path, int status = 200) => await (await visitor.GetAsync(path)).ShouldBePageAsync(status);

    /// <summary>What the page says, with one space where there are many.</summary>
    public static string TextOf(string html) => Spaces().Replace(WebUtility.HtmlDecode(Tags().Replace(html, " ")), " ");

    /// <summary>The devices of the list, in its order, by what they are called.</summary>
    public static List<string> DevicesOf(string html) => [.. DeviceLinks().Matches(html).Select(match => WebUtility.HtmlDecode(match.Groups["title"].Value))];

    [GeneratedRegex("<[^>]*>", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Tags();

    [GeneratedRegex(@"\s+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Spaces();

    [GeneratedRegex("<a href=\"/devices/[^\"]*\">(?<title>[^<]*)</a>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DeviceLinks();
}
