using Ingest.Testing;

namespace Ingest.Api.Tests.Plumbing;

/// <summary>Tables of the documents that come from the code: between two marks, compared by tests, rewritten when <c>UPDATE_DOCS=1</c>.</summary>
internal static class DocumentTable
{
    private const string Begin = "<!-- generated: begin -->";
    private const string End = "<!-- generated: end -->";

    /// <summary>The two lines of the table's head belong to the page, which words and aligns them.</summary>
    public static void ShouldHold(string document, IEnumerable<string> rows) =>
        ShouldHold(document, held => string.Join('\n', held.Trim('\n').Split('\n')[..2].Concat(rows)));

    /// <summary>Several tables, heads and all.</summary>
    public static void ShouldHold(string document, string tables) => ShouldHold(document, _ => tables.Trim('\n'));

    private static void ShouldHold(string document, Func<string, string> made)
    {
        var path = Path.Combine(Repository.Root, "docs", document);
        var text = File.ReadAllText(path);
        var from = text.IndexOf(Begin, StringComparison.Ordinal);
        var to = text.IndexOf(End, StringComparison.Ordinal);
        (from >= 0 && to > from).ShouldBeTrue($"docs/{document} lost the marks around its table");

        var begin = from + Begin.Length;
        var expected = $"{text[..begin]}\n{made(text[begin..to])}\n{text[to..]}";
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
            File.WriteAllText(path, expected);
        else
            text.ShouldBe(expected, $"docs/{document} is behind the code; UPDATE_DOCS=1 ./test rewrites it");
    }
}
