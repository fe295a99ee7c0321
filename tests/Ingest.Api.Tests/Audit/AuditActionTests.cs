using System.Text.RegularExpressions;
using Ingest.Domain.Audit;
using Ingest.Testing;

namespace Ingest.Api.Tests.Audit;

/// <summary>The list of actions is closed: what is written is on it, and what is on it is written.</summary>
public sealed partial class AuditActionTests
{
    [Fact]
    public void Every_action_that_is_written_is_of_the_list_and_the_other_way_round()
    {
        var written = Directory.EnumerateFiles(Repository.PathOf("src", "Ingest.Persistence"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Action().Matches(File.ReadAllText(file)))
            .Select(found => found.Groups["action"].Value)
            .Distinct(StringComparer.Ordinal);
        written.ShouldBe(AuditActions.All, ignoreOrder: true);
    }

    [Fact]
    public void An_action_begins_with_the_kind_of_what_it_is_done_to_and_says_what_it_means()
    {
        AuditActions.All.ShouldBe(AuditActions.All.Order(StringComparer.Ordinal).Distinct(StringComparer.Ordinal));
        foreach (var (action, meaning) in AuditActions.Described)
        {
            AuditSubject.Kinds.ShouldContain(action.Split('.')[0]);
            meaning.ShouldNotBeNullOrWhiteSpace(action);
        }
    }

    /// <summary>As actions are written in the code; nothing else there looks like one.</summary>
    [GeneratedRegex("\"(?<action>(workspace|member|key|invite|enrolment|device)\\.[a-z_]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Action();
}
