using System.Text.RegularExpressions;
using Ingest.Testing;

namespace Ingest.Api.Tests.Documents;

public sealed partial class SecurityDocumentTests
{
    [Fact]
    public void Every_test_that_SECURITY_names_is_there()
    {
        var named = Tests().Matches(Repository.Read("SECURITY.md")).Select(match => (Class: match.Groups["class"].Value, Method: match.Groups["method"].Value)).ToList();
        named.Count.ShouldBeGreaterThan(10);
        foreach (var (type, method) in named)
        {
            var file = Directory.EnumerateFiles(Repository.PathOf("tests"), $"{type}.cs", SearchOption.AllDirectories).ShouldHaveSingleItem(type);
            File.ReadAllText(file).ShouldContain($" {method}(", Case.Sensitive, type);
        }
    }

    [GeneratedRegex(@"`(?<class>[A-Za-z]+Tests)\.(?<method>[A-Za-z_0-9]+)`", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Tests();
}
