using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Ingest.Domain.Identity;

/// <summary>What a device id looks like: real daemons send UUIDs, documents show <c>dev_…</c> (C§5 AE).</summary>
public static class DeviceId
{
    public const int MaximumLength = 128;

    private const int UuidLength = 36;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-");

    /// <summary>
    /// The id as it is stored and compared. UUIDs are folded to lower case: the same device written by two tools is one
    /// device. Anything else is kept as sent, case and all.
    /// </summary>
    public static bool TryNormalise(string? text, [NotNullWhen(true)] out string? deviceId)
    {
        deviceId = null;
        if (text is not { Length: >= 1 and <= MaximumLength } || text.AsSpan().ContainsAnyExcept(Allowed)) return false;
        deviceId = IsUuid(text) ? text.ToLowerInvariant() : text;
        return true;
    }

    // Guid.TryParseExact is laxer than it looks: for compatibility it takes "0x" and signs inside a group.
    private static bool IsUuid(string text)
    {
        if (text.Length != UuidLength) return false;
        for (var i = 0; i < UuidLength; i++)
        {
            var fits = i is 8 or 13 or 18 or 23 ? text[i] == '-' : char.IsAsciiHexDigit(text[i]);
            if (!fits) return false;
        }

        return true;
    }
}
