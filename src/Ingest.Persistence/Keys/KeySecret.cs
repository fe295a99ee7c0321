using Ingest.Domain.Identity;
using Ingest.Persistence.Identity;

namespace Ingest.Persistence.Keys;

/// <summary>A key that was made elsewhere, as far as it is stored: its hash, and how people recognise it.</summary>
public sealed class KeySecret
{
    private const string HashName = "sha256:";

    private KeySecret(byte[] hash, string prefix) => (Hash, Prefix) = (hash, prefix);

    internal byte[] Hash { get; }

    internal string Prefix { get; }

    /// <param name="text">The key itself.</param>
    /// <exception cref="IdentityException">It is none, or could be guessed.</exception>
    public static KeySecret OfText(string? text) => ApiKeyText.TryParseChosen(text, out var key)
        ? new KeySecret(key.Hash(), key.Prefix)
        : throw new IdentityException(IdentityRefusal.Invalid, $"This is no key that can be taken over ({text?.Length ?? 0} characters): {ApiKeyText.ChosenRule}.") { Field = "key" };

    /// <param name="sha256">SHA-256 of the key, in 64 hexadecimal digits.</param>
    /// <param name="prefix">How the key begins, where that is known.</param>
    /// <exception cref="IdentityException">One of them is none.</exception>
    public static KeySecret OfHash(string sha256, string? prefix)
    {
        ArgumentNullException.ThrowIfNull(sha256);
        if (sha256.Length != 2 * ApiKeyText.HashLength || !sha256.All(char.IsAsciiHexDigit))
            throw new IdentityException(IdentityRefusal.Invalid, $"A SHA-256 is written in {2 * ApiKeyText.HashLength} hexadecimal digits.") { Field = "sha256" };
        if (prefix is null) return new KeySecret(Convert.FromHexString(sha256), (HashName + sha256.ToLowerInvariant())[..ApiKeyText.PrefixLength]);

        if (prefix.Length > ApiKeyText.PrefixLength || !prefix.StartsWith(ApiKeyText.Scheme, StringComparison.Ordinal) || prefix.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            throw new IdentityException(
                IdentityRefusal.Invalid, $"A prefix is how a key begins, \"{ApiKeyText.Scheme}\" and some characters more, {ApiKeyText.PrefixLength} in all at most.") { Field = "prefix" };
        }

        return new KeySecret(Convert.FromHexString(sha256), prefix);
    }
}
