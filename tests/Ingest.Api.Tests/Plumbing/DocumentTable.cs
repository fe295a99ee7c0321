using Ingest.Testing;

namespace Ingest.Api.Tests.Plumbing;

/// <summary>Tables of the documents that come from the code: between two marks, compared by tests, rewritten when <c>UPDATE_DOCS=1</c>.</summary>
internal static class DocumentTable
{
    private const string Begin = "<!-- generated: begin -->";
    private const string End = "<!-- generated: end -->";

    public static void ShouldHold(string document, IEnumerable<string> rows)
    {
        var path = Path.Combine(Repository.Root, "docs", document);
        var text = File.ReadAllText(path);
        var from = text.IndexOf(Begin, StringComparison.Ordinal);
        var to = text.IndexOf(End, StringComparison.Ordinal);
        (from >= 0 && to > from).ShouldBeTrue($"docs/{document} lost the marks around its table");

        var before = text[..(from + Begin.Length)];
        // The two lines of the table's head belong to the page, which words and aligns them.
        var head = text[(from + Begin.Length)..to].Trim('\n').Split('\n')[..2];
        var expected = $"{before}\n{string.Join('\n', head)}\n{string.Join('\n', rows)}\n{text[to..]}";
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
            File.WriteAllText(path, expected);
        else
            text.ShouldBe(expected, $"docs/{document} is behind the code; UPDATE_DOCS=1 ./test rewrites it");
    }
}
