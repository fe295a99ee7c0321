using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Ingest.Domain.Identity;

/// <summary>
/// The text of a Bearer key: the secret itself. It lives only as long as the request or the verb that carries it; what is
/// stored is <see cref="Hash()"/> and <see cref="Prefix"/>.
/// </summary>
public sealed class ApiKeyText
{
    /// <summary>A stock daemon's key begins with this, and so does every key made here (C§2).</summary>
    public const string Scheme = "budi_";

    public const int MinimumLength = 10;
    public const int MaximumLength = 256;

    /// <summary>Of a key that somebody chose: short ones can be guessed from their hash, and the visible prefix would show most of it.</summary>
    public const int MinimumChosenLength = 24;

    /// <summary>How many leading characters people may see: the scheme and eight more.</summary>
    public const int PrefixLength = 13;

    /// <summary>Bytes of a <see cref="Hash()"/>.</summary>
    public const int HashLength = SHA256.HashSizeInBytes;

    private const int RandomBytes = 32;

    /// <summary>What a key that was made elsewhere looks like.</summary>
    public static string ChosenRule { get; } =
        $"a key is \"{Scheme}\" and then printable characters without spaces, {MinimumChosenLength} to {MaximumLength} in all, chosen at random";

    private ApiKeyText(string text) => Text = text;

    /// <summary>The secret. Shown once to the person who asked for it, never stored, never logged.</summary>
    public string Text { get; }

    public string Prefix => Text.Length <= PrefixLength ? Text : Text[..PrefixLength];

    public static ApiKeyText Generate() => new(Scheme + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes)));

    /// <summary>False for anything that cannot be a key, so that nothing odd is ever looked up.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ApiKeyText? key)
    {
        key = null;
        if (text is null || text.Length is < MinimumLength or > MaximumLength) return false;
        if (!text.StartsWith(Scheme, StringComparison.Ordinal)) return false;
        if (text.AsSpan().ContainsAnyExceptInRange('!', '~')) return false;
        key = new ApiKeyText(text);
        return true;
    }

    /// <summary>Whether a key that was made elsewhere may be taken over, as <see cref="ChosenRule"/> says.</summary>
    public static bool TryParseChosen(string? text, [NotNullWhen(true)] out ApiKeyText? key) => TryParse(text, out key) && key.Text.Length >= MinimumChosenLength;

    public byte[] Hash()
    {
        var hash = new byte[HashLength];
        Hash(hash);
        return hash;
    }

    public void Hash(Span<byte> destination)
    {
        Span<byte> utf8 = stackalloc byte[MaximumLength];
        var length = Encoding.UTF8.GetBytes(Text, utf8);
        SHA256.HashData(utf8[..length], destination);
    }

    /// <summary>A text that somebody may have put a key into, such as the path of a request, with no more of the key than its visible prefix.</summary>
    public static string Hide(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var at = text.IndexOf(Scheme, StringComparison.Ordinal);
        return at < 0 || text.Length - at <= PrefixLength ? text : text[..(at + PrefixLength)] + "…";
    }

    /// <summary>The visible prefix: a key that slips into a log line or a message must not give itself away.</summary>
    public override string ToString() => Prefix + "…";
}
