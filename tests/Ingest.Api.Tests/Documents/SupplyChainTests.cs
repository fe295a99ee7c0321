using System.Diagnostics;
using System.Text.Json;
using Ingest.Testing;

namespace Ingest.Api.Tests.Documents;

/// <summary>What is built from others' code: every package by version and hash, and looked up among what is known to be vulnerable.</summary>
public sealed class SupplyChainTests
{
    [Fact]
    public void Every_project_has_its_packages_locked_by_hash_and_a_continuous_build_takes_no_others()
    {
        var projects = Directory.EnumerateFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories).Where(IsSource).ToList();
        projects.Count.ShouldBeGreaterThan(8);
        foreach (var project in projects)
        {
            using var locked = JsonDocument.Parse(File.ReadAllText(Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json")));
            foreach (var package in locked.RootElement.GetProperty("dependencies").EnumerateObject().SelectMany(framework => framework.Value.EnumerateObject()))
            {
                if (package.Value.GetProperty("type").GetString() == "Project") continue;
                package.Value.GetProperty("contentHash").GetString().ShouldNotBeNullOrEmpty(package.Name);
            }
        }

        Repository.Read("Directory.Build.props").ShouldContain("<RestoreLockedMode Condition=\"'$(CI)' == 'true'\">true</RestoreLockedMode>");
        Repository.Read(".ci/run").ShouldContain("export CI=true");
        Repository.Read(".ci/run").ShouldContain("scripts/audit.sh");
        Repository.Read("Dockerfile").ShouldContain("--locked-mode");
        Repository.Read("Directory.Packages.props").ShouldNotContain("*", Case.Sensitive, "a version that floats is not locked");
    }

    [Theory]
    [InlineData("warning NU1905: no data", "", 0, "NOT DONE")]
    [InlineData("", "The given project `A` has no vulnerable packages given the current sources.", 0, "1 projects, nothing known")]
    [InlineData("", "Project `A` has the following vulnerable packages\n   > Some.Package  1.0.0  1.0.0  High  advisory", 1, "Some.Package")]
    public async Task The_audit_fails_on_a_finding_and_says_so_where_it_could_not_be_done(string restored, string listed, int code, string said)
    {
        const string Stand = """
            dotnet() { case "$1 $2" in 'nuget list') echo 'E source' ;; restore*) echo "$RESTORED" ;; list*) echo "$LISTED" ;; *) return 3 ;; esac; }
            export -f dotnet
            exec "$SCRIPT"
            """;
        var start = new ProcessStartInfo("bash", ["-c", Stand]) { RedirectStandardOutput = true, UseShellExecute = false };
        (start.Environment["RESTORED"], start.Environment["LISTED"], start.Environment["SCRIPT"]) = (restored, listed, Repository.PathOf("scripts", "audit.sh"));
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(code, output);
        output.ShouldContain(said);
    }

    private static bool IsSource(string project) => !project.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
        && !project.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal);
}
