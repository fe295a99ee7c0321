using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Ingest.Domain.Identity;

/// <summary>The token by which a person becomes a member: a secret, of which only <see cref="Hash"/> is stored.</summary>
public sealed class InviteToken
{
    public const string Scheme = "invite_";

    private const int RandomBytes = 32;
    private const int VisibleLength = 11;

    private InviteToken(string text) => Text = text;

    /// <summary>The secret. Shown once to whoever made it, never stored, never logged.</summary>
    public string Text { get; }

    public static InviteToken Generate() => new(Scheme + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes)));

    /// <summary>False for anything that cannot be a token, so that nothing odd is ever looked up.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out InviteToken? token)
    {
        var trimmed = text?.Trim() ?? "";
        var isToken = trimmed.StartsWith(Scheme, StringComparison.Ordinal)
            && Base64Url.IsValid(trimmed.AsSpan(Scheme.Length), out var length) && length == RandomBytes;
        token = isToken ? new InviteToken(trimmed) : null;
        return isToken;
    }

    public byte[] Hash() => SHA256.HashData(Encoding.ASCII.GetBytes(Text));

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
