using System.Globalization;
using System.Text;
using Ingest.Domain.Health;

namespace Ingest.Api.Pages.SyncHealth;

/// <summary>
/// The cells of a calendar as shapes: each state has one of its own beside its colour. All cells of a state are one path, so that a page of many devices
/// stays small.
/// </summary>
internal static class CoverageGlyphs
{
    public const int Step = 10;
    public const int Height = 16;

    /// <returns>By state, only of those that there are, the path of all its cells.</returns>
    public static IEnumerable<(CoverageState State, string Path)> Of(IReadOnlyList<CoverageDay> days)
    {
        var paths = new SortedDictionary<CoverageState, StringBuilder>();
        for (var i = 0; i < days.Count; i++)
        {
            if (!paths.TryGetValue(days[i].State, out var path)) paths[days[i].State] = path = new StringBuilder();
            path.Append(CultureInfo.InvariantCulture, $"M{i * Step} 0{Shape(days[i].State)}");
        }

        return paths.Select(path => (path.Key, path.Value.ToString()));
    }

    public static string Class(CoverageState state) => "day-" + state.ToString().ToLowerInvariant();

    /// <summary>In words, for who cannot see them.</summary>
    public static string Told(IReadOnlyList<CoverageDay> days) =>
        $"Last {days.Count} days: {string.Join(", ", days.CountBy(day => day.State).OrderByDescending(state => state.Key).Select(state => $"{state.Value} {StateWords.NameOf(state.Key).ToLowerInvariant()}"))}";

    /// <summary>From the upper left corner of a cell of 8 by 16.</summary>
    private static string Shape(CoverageState state) => state switch
    {
        CoverageState.None => "m2 13h4v2h-4z",
        CoverageState.Complete => "m0 2h8v13h-8z",
        CoverageState.Open => "m0 2h8v13h-8zm1.5 1.5v10h5v-10z",
        CoverageState.Late => "m0 9h8v6h-8z",
        CoverageState.Changed => "m0 2h3l5 5v8h-8z",
        CoverageState.Shrunk => "m0 4l8 7v4h-8z",
        CoverageState.Quarantined => "m4 2l4 13h-8z",
        CoverageState.Shared => "m0 2h3v13h-3zm5 0h3v13h-3z",
        _ => "m0 2.5h2l2 4.5l2 -4.5h2l-2.9 6l2.9 6.5h-2l-2 -5l-2 5h-2l2.9 -6.5z",
    };
}
