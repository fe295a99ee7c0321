using System.Buffers;
using System.Text;
using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Privacy;

/// <summary>
/// Texts that look like an absolute path or an e-mail address. A stock daemon sends neither on purpose, but what a repository is called may be
/// a folder (C§4), and a title is whatever a person typed. It goes by form alone, and docs/digest.md says by which: a device that computes digests has to
/// find the same. So letters beyond ASCII are one kind, whatever some version of Unicode says of them. Linear in the text, which may be long.
/// </summary>
internal static class PrivateText
{
    /// <summary>Stands in front of what is stored instead; nothing that begins like this looks private.</summary>
    public const string Mark = "redacted:";

    /// <summary>Without one of these there is neither path nor address: one look, whatever the length.</summary>
    private static readonly SearchValues<char> Signs = SearchValues.Create("/\\@");

    /// <summary>
    /// Where files live. In the middle of a sentence a slash alone may begin a command or an address of some API, and a title that is lost
    /// for it is lost for good; so there it takes one of these.
    /// </summary>
    private static readonly string[] Roots =
    [
        "home", "Users", "root", "var", "tmp", "etc", "opt", "usr", "srv", "mnt", "media", "private", "Volumes", "Library", "Applications", "System",
        "workspace", "workspaces", "builds", "cygdrive", "nix",
    ];

    /// <param name="text">As it would be stored.</param>
    /// <param name="isSentence">Whether people write it; otherwise it is one word, and a slash in front makes it a path.</param>
    public static PrivateKind KindOf(ReadOnlySpan<char> text, bool isSentence = false)
    {
        var at = text.IndexOfAny(Signs);
        if (at < 0) return PrivateKind.None;
        if (!isSentence && text[text.IndexOfAnyExceptInRange('\0', ' ')..] is ['/', _, ..]) return PrivateKind.Path;

        var kind = PrivateKind.None;
        while (true)
        {
            // A path is said to be one wherever it stands: it may hold an address.
            if (text[at] != '@')
            {
                if (IsPath(text, at)) return PrivateKind.Path;
            }
            else if (kind == PrivateKind.None && IsAddress(text, at))
            {
                kind = PrivateKind.Email;
            }

            var next = text[(at + 1)..].IndexOfAny(Signs);
            if (next < 0) return kind;
            at += next + 1;
        }
    }

    /// <summary>For a text that rows are told apart by: equal texts give the same, others another one.</summary>
    public static string RedactKey(PrivateKind kind, string text) => $"{Redact(kind)}:{KeyText.HashOf(text)}";

    /// <summary>For a text that only people read: nothing of it is left.</summary>
    public static string Redact(PrivateKind kind) => Mark + (kind == PrivateKind.Path ? "path" : "email");

    /// <param name="text">Any text.</param>
    /// <param name="at">Where a slash of either kind stands.</param>
    private static bool IsPath(ReadOnlySpan<char> text, int at)
    {
        var before = text[..at];
        var behind = text[(at + 1)..];
        switch (before)
        {
            case [.., '~'] when Begins(before[..^1]):
                return behind.Length > 0;
            case [.., 'e' or 'E', ':'] when before[..^1].EndsWith("file", StringComparison.OrdinalIgnoreCase) && Begins(before[..^5]):
                return true;
            case [.., var drive, ':'] when char.IsAsciiLetter(drive) && Begins(before[..^2]) && !behind.StartsWith('/'):
                return behind.Length > 0;
            default:
                return Begins(before) && (text[at] == '/' ? IsUnderRoot(behind) : IsShare(behind));
        }
    }

    /// <summary>Whether a word may begin behind these: a slash inside of one belongs to something relative.</summary>
    private static bool Begins(ReadOnlySpan<char> before) =>
        before.IsEmpty || !(char.IsAsciiLetterOrDigit(before[^1]) || before[^1] is '.' or '/' or '\\' or '~' or ')' or ']' or '}' or '*');

    private static bool IsUnderRoot(ReadOnlySpan<char> behind)
    {
        foreach (var root in Roots)
        {
            if (behind.Length > root.Length + 1 && behind.StartsWith(root, StringComparison.Ordinal) && behind[root.Length] == '/'
                && behind[root.Length + 1] > ' ') return true;
        }

        return false;
    }

    /// <summary>The rest of <c>\\server\share</c>, or of <c>\\?\C:\</c>.</summary>
    private static bool IsShare(ReadOnlySpan<char> behind)
    {
        if (!behind.StartsWith('\\')) return false;
        var server = behind[1..];
        var end = server.IndexOf('\\');
        if (end < 1) return false;
        foreach (var character in server[..end])
        {
            if (!IsLetterOrDigit(character) && character is not ('.' or '-' or '_' or '$' or '?' or '@')) return false;
        }

        return server.Length > end + 1;
    }

    /// <param name="text">Any text.</param>
    /// <param name="at">Where an at sign stands.</param>
    private static bool IsAddress(ReadOnlySpan<char> text, int at)
    {
        var start = at;
        while (start > 0 && IsOfMailbox(text[start - 1])) start--;
        var mailbox = text[start..at];

        // git@github.com:owner/repo is where a repository lives: the account is everybody's.
        if (mailbox.IsEmpty || mailbox.SequenceEqual("git")) return false;

        var domain = text[(at + 1)..];
        var length = 0;
        while (length < domain.Length && (IsLetterOrDigit(domain[length]) || domain[length] is '.' or '-')) length++;
        domain = domain[..length].TrimEnd(".-");
        var dot = domain.LastIndexOf('.');
        if (dot < 1) return false;

        // react@18.2.0 is a version.
        var top = domain[(dot + 1)..];
        if (top.StartsWith("xn--", StringComparison.OrdinalIgnoreCase)) return true;
        var letters = 0;
        foreach (var character in top)
        {
            if (!IsLetterOrDigit(character) || char.IsAsciiDigit(character)) return false;
            if (!char.IsLowSurrogate(character)) letters++;
        }

        return letters >= 2;
    }

    private static bool IsLetterOrDigit(char character) => char.IsAsciiLetterOrDigit(character) || character >= '\u0080';

    private static bool IsOfMailbox(char character) => IsLetterOrDigit(character) || character is '.' or '_' or '%' or '+' or '-' or '\'' or '"';
}
