using Ingest.Testing;

namespace Ingest.Domain.Tests.Ledger;

/// <summary>The model beside docs/ledger.md says what the rules promise; it has to run, and to be able to say otherwise.</summary>
public sealed class WatermarkModelTests
{
    [Fact]
    public async Task The_rules_in_miniature_lose_and_double_nothing_and_others_do()
    {
        var (exitCode, output) = await Python.RunAsync("", Repository.PathOf("docs/watermark_model.py"), "--runs", "2", "--faults", "all");
        exitCode.ShouldBe(0, output);
        var table = output.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(words => words is ["all", ..])
            .ToDictionary(words => words[1], words => words[2]);
        table["design"].ShouldBe("0/2", output);
        table["upstream"].ShouldBe("2/2", output);
    }
}
