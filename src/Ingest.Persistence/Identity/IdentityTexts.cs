using System.Globalization;
using System.Text;
using Ingest.Domain.Identity;

namespace Ingest.Persistence.Identity;

/// <summary>Names that people give, and texts that messages are made of.</summary>
internal static class IdentityTexts
{
    private const int MaximumNameLength = 200;

    /// <param name="name">As somebody typed it.</param>
    /// <param name="whose">What it names, for the message.</param>
    /// <returns>The name as it is stored.</returns>
    /// <exception cref="IdentityException">It cannot be one.</exception>
    public static string Name(string? name, string whose)
    {
        name = name?.Trim() ?? "";
        if (name.Length is >= 1 and <= MaximumNameLength && !name.EnumerateRunes().Any(IsUnfit)) return name;
        throw new IdentityException(IdentityRefusal.Invalid, $"\"{name}\" cannot name a {whose}: 1 to {MaximumNameLength} characters, none of them a control character.") { Field = "name" };
    }

    /// <param name="expected">What was read before; null is anything.</param>
    /// <param name="found">What is there.</param>
    /// <exception cref="IdentityException">It was changed meanwhile.</exception>
    public static void RequireRevision(int? expected, int found)
    {
        if (expected is { } revision && revision != found) throw new IdentityException(IdentityRefusal.Changed, "It was changed since it was read; look at it again.");
    }

    public static string Instant(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    // A lone surrogate is enumerated as the replacement character; the database could not hold it.
    private static bool IsUnfit(Rune rune) => Rune.IsControl(rune) || rune == Rune.ReplacementChar;
}
