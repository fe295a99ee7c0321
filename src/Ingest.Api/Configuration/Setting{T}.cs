using System.Globalization;

namespace Ingest.Api.Configuration;

/// <summary>A setting and how its text becomes a value.</summary>
internal sealed record Setting<T>(string Name, string Default, string Range, string Meaning, T Fallback, Func<string, (bool Valid, T Value)> Parse)
    : Setting(Name, Default, Range, Meaning)
{
    /// <summary>Reads it; what is wrong goes to <paramref name="problems"/> and the default stands in, so that every problem is found in one go.</summary>
    public T Read(IConfiguration configuration, ICollection<string> problems)
    {
        // Compose passes an unset variable on as an empty one; both mean the default.
        if (configuration[Name]?.Trim() is not { Length: > 0 } text)
            return Fallback;
        if (Parse(text) is (true, var value))
            return value;

        problems.Add(Secret
            ? $"{Name} is not valid (its value is not shown): {Range}. Environment: {EnvironmentName}."
            : $"{Name} cannot be '{text}': {Range}. Environment: {EnvironmentName}.");
        return Fallback;
    }
}
