using Microsoft.Playwright;

namespace Ingest.Browser.Tests;

/// <summary>How somebody looks at the pages.</summary>
public sealed record Look(string Name, ColorScheme Colours, int Width, int Height)
{
    public static readonly Look Light = new("light", ColorScheme.Light, 1280, 900);
    public static readonly Look Dark = new("dark", ColorScheme.Dark, 1280, 900);
    public static readonly Look Phone = new("phone", ColorScheme.Light, 390, 844);
    public static readonly Look DarkPhone = new("phone-dark", ColorScheme.Dark, 390, 844);

    public static IReadOnlyList<Look> All { get; } = [Light, Dark, Phone, DarkPhone];
}
