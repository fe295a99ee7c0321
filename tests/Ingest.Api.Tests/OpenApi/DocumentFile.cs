using Ingest.Testing;

namespace Ingest.Api.Tests.OpenApi;

/// <summary>A document that the code writes whole: compared by tests, rewritten when <c>UPDATE_DOCS=1</c>.</summary>
internal static class DocumentFile
{
    public static void ShouldHold(string document, string expected)
    {
        var path = Path.Combine(Repository.Root, "docs", document);
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            File.WriteAllText(path, expected);
            return;
        }

        var found = File.Exists(path) ? File.ReadAllText(path).Split('\n') : [];
        var lines = expected.Split('\n');
        // A whole document in a failure would hide where it differs.
        var at = Enumerable.Range(0, Math.Max(found.Length, lines.Length)).FirstOrDefault(line => found.ElementAtOrDefault(line) != lines.ElementAtOrDefault(line), -1);
        at.ShouldBe(-1, $"docs/{document} is behind the code from line {at + 1} on: {lines.ElementAtOrDefault(at)}; UPDATE_DOCS=1 ./test rewrites it");
    }
}
