using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Ingest.Domain.Identity;

/// <summary>
/// The code by which a device is enrolled: short enough to be read out, and 100 random bits, so that nobody guesses one while it is good. It lives only as
/// long as the request or the verb that carries it; what is stored is <see cref="Hash"/>.
/// </summary>
public sealed partial class EnrolmentCode
{
    /// <summary>Crockford's: no I, L, O and U, which are taken for others when they are read.</summary>
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private const int Length = 20;
    private const int GroupLength = 5;

    /// <summary>With whatever people type between its characters.</summary>
    private const int MaximumTypedLength = 100;

    private readonly string _characters;

    private EnrolmentCode(string characters) => _characters = characters;

    /// <summary>The secret, in groups of five. Shown once to whoever made it, never stored, never logged.</summary>
    public string Text => string.Join('-', _characters.Chunk(GroupLength).Select(group => new string(group)));

    public static EnrolmentCode Generate() => new(RandomNumberGenerator.GetString(Alphabet, Length));

    /// <summary>However it was typed: in either case, with or without dashes and spaces, and with the letters that look like digits.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out EnrolmentCode? code)
    {
        code = null;
        if (text is null || text.Length > MaximumTypedLength) return false;

        var characters = new StringBuilder(Length);
        foreach (var typed in text)
        {
            if (typed is '-' or ' ') continue;
            var meant = typed switch { 'o' or 'O' => '0', 'i' or 'I' or 'l' or 'L' => '1', _ => char.ToUpperInvariant(typed) };
            if (characters.Length == Length || !Alphabet.Contains(meant, StringComparison.Ordinal)) return false;
            characters.Append(meant);
        }

        if (characters.Length < Length) return false;
        code = new EnrolmentCode(characters.ToString());
        return true;
    }

    /// <summary>SHA-256 of its characters, without what is between them.</summary>
    public byte[] Hash() => SHA256.HashData(Encoding.ASCII.GetBytes(_characters));

    /// <summary>A text that somebody may have put a code into, such as the path of a request, with no more of it than its first group.</summary>
    public static string Hide(string text) => Typed().Replace(text, found => found.Value[..GroupLength] + "…");

    /// <summary>Its first group: a code that slips into a log line or a message must not give itself away.</summary>
    public override string ToString() => _characters[..GroupLength] + "…";

    // A UUID is none: its first group has eight characters.
    [GeneratedRegex("(?<![0-9A-Za-z])(?:[0-9A-Za-z]{5}[- ]?){3}[0-9A-Za-z]{5}(?![0-9A-Za-z])", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex Typed();
}
