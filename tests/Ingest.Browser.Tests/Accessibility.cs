using System.Text.Json;
using Microsoft.Playwright;

namespace Ingest.Browser.Tests;

/// <summary>What axe finds in a page as it is shown.</summary>
internal static class Accessibility
{
    private const string Run = """
        async () => (await axe.run({ resultTypes: ["violations"] })).violations
            .filter(found => found.impact === "serious" || found.impact === "critical")
            .map(found => found.impact + " " + found.id + ": " + found.help + "\n" + found.nodes.map(node => "  " + node.html + "\n  " + node.failureSummary).join("\n"))
        """;

    public static string ScriptPath { get; } = Repository.PathOf("tests", "browser", "node_modules", "axe-core", "axe.min.js");

    private static string Script { get; } = File.Exists(ScriptPath) ? File.ReadAllText(ScriptPath) : "";

    /// <returns>What is serious or critical.</returns>
    public static async Task<IReadOnlyList<string>> ExamineAsync(IPage page)
    {
        await page.EvaluateAsync(Script);
        return JsonSerializer.Deserialize<string[]>((await page.EvaluateAsync<JsonElement>(Run)).GetRawText()) ?? [];
    }
}
