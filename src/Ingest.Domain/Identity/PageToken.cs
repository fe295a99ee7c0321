using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Ingest.Domain.Identity;

/// <summary>What opens the pages for a browser: the token of its session, of a sign-in link, or of a visit before both. Only <see cref="Hash"/> is stored.</summary>
public sealed class PageToken
{
    public const string Scheme = "page_";

    private const int RandomBytes = 32;
    private const int VisibleLength = 9;

    private PageToken(string text) => Text = text;

    /// <summary>The secret. Never stored, never logged.</summary>
    public string Text { get; }

    public static PageToken Generate() => new(Scheme + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes)));

    /// <summary>False for anything that cannot be a token, so that nothing odd is ever looked up.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out PageToken? token)
    {
        var isToken = text is not null && text.StartsWith(Scheme, StringComparison.Ordinal)
            && Base64Url.IsValid(text.AsSpan(Scheme.Length), out var length) && length == RandomBytes;
        token = isToken ? new PageToken(text!) : null;
        return isToken;
    }

    public byte[] Hash() => SHA256.HashData(Encoding.ASCII.GetBytes(Text));

    /// <summary>What a form of a page carries, to show that it came from a page of whoever has this token. It does not lead back to the token.</summary>
    public string FormProof() => Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.ASCII.GetBytes(Text), "form"u8));

    /// <summary>Whether a form that came is one of theirs; takes the same time whatever it says.</summary>
    public bool Proves(string? formProof) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(formProof ?? ""), Encoding.UTF8.GetBytes(FormProof()));

    /// <summary>A text that somebody may have put a token into, with no more of it than its beginning.</summary>
    public static string Hide(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var at = text.IndexOf(Scheme, StringComparison.Ordinal);
        return at < 0 || text.Length - at <= VisibleLength ? text : text[..(at + VisibleLength)] + "…";
    }

    /// <summary>Its beginning: a token that slips into a log line or a message must not give itself away.</summary>
    public override string ToString() => Text[..VisibleLength] + "…";
}
