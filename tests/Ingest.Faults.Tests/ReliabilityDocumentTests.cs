using System.Text.RegularExpressions;

namespace Ingest.Faults.Tests;

/// <summary><c>docs/reliability.md</c> has a row for every fault that a test is marked with, and no other.</summary>
public sealed partial class ReliabilityDocumentTests
{
    [Fact]
    public void Every_fault_stands_in_the_table_with_its_promise_and_its_test()
    {
        var rows = Repository.Read("docs/reliability.md").Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal) && line.Contains('`')).ToList();
        var marked = Directory.EnumerateFiles(Repository.PathOf("tests"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Marks().Matches(File.ReadAllText(file)))
            .Select(mark => (Fault: mark.Groups["fault"].Value, Promises: mark.Groups["promises"].Value, Test: mark.Groups["test"].Value)).ToList();
        marked.Count.ShouldBeGreaterThan(30);
        foreach (var (fault, promises, test) in marked)
            rows.ShouldContain(row => row.Contains($"| {fault} | {promises} |", StringComparison.Ordinal) && row.Contains($".{test}`", StringComparison.Ordinal), $"{fault}: UPDATE_DOCS=1 ./test --faults writes the table");
        rows.Count.ShouldBe(marked.Count);
    }

    [GeneratedRegex("""Fault\(FaultArea\.\w+, "(?<fault>[^"]+)", "(?<promises>[^"]+)"\)\]\s+public (async )?Task (?<test>\w+)\(""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Marks();
}
