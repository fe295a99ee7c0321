using Ingest.Testing;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Ingest.Domain.Identity;
using Ingest.Domain.Validation;

namespace Ingest.Domain.Tests.Validation;

/// <summary>docs/normalisation.md gives the numbers the code goes by, all of them and no others.</summary>
public sealed partial class NormalisationDocumentTests
{
    /// <summary>Each row of the table and the limit it speaks of.</summary>
    private static readonly Dictionary<string, string> Limits = new(StringComparer.Ordinal)
    {
        ["`device_id`"] = nameof(EnvelopeLimits.DeviceId),
        ["`workspace_id`"] = nameof(EnvelopeLimits.WorkspaceId),
        ["`label` (UTF-16 units)"] = nameof(EnvelopeLimits.LabelCharacters),
        ["`role`"] = nameof(EnvelopeLimits.Role),
        ["`provider`"] = nameof(EnvelopeLimits.Provider),
        ["`model`, `primary_model`"] = nameof(EnvelopeLimits.Model),
        ["`repo_id`"] = nameof(EnvelopeLimits.RepoId),
        ["`git_branch`"] = nameof(EnvelopeLimits.GitBranch),
        ["`surface`"] = nameof(EnvelopeLimits.Surface),
        ["`ticket`"] = nameof(EnvelopeLimits.Ticket),
        ["`session_id`"] = nameof(EnvelopeLimits.SessionId),
        ["`title`"] = nameof(EnvelopeLimits.Title),
        ["`message_count`"] = nameof(EnvelopeLimits.MessageCount),
        ["every `…tokens`"] = nameof(EnvelopeLimits.Tokens),
        ["`duration_ms`"] = nameof(EnvelopeLimits.DurationMilliseconds),
        ["amounts, in cents"] = nameof(EnvelopeLimits.CostCents),
        ["`duration_minutes`"] = nameof(EnvelopeLimits.WindowMinutes),
        ["`burn_rate_cents_per_minute`"] = nameof(EnvelopeLimits.BurnRate),
        ["reasons told for one rejected row"] = nameof(EnvelopeLimits.IssuesPerRow),
        ["what is kept of one rejected row"] = nameof(EnvelopeLimits.QuarantinedRowBytes),
        ["rejected rows of one device, or in one envelope"] = nameof(EnvelopeLimits.QuarantinedRows),
        ["distinct values in `surfaces_seen` and `providers_seen`"] = nameof(EnvelopeLimits.ValuesSeen),
    };

    private static readonly string[] CodesOfEnvelopes =
        [IssueCodes.InvalidFormat, IssueCodes.UnsupportedVersion, IssueCodes.InvalidJson, IssueCodes.UnknownField, IssueCodes.TooManyBadRows];

    private static readonly string Page = File.ReadAllText(Repository.PathOf("docs", "normalisation.md"));

    [Fact]
    public void Every_limit_stands_on_the_page_with_its_number()
    {
        var told = Rows("## Limits").ToDictionary(row => Limits[row[0]], row => decimal.Parse(row[1].Replace(" ", ""), CultureInfo.InvariantCulture), StringComparer.Ordinal);
        var real = typeof(EnvelopeLimits).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.Name != nameof(EnvelopeLimits.CostUnits))
            .ToDictionary(field => field.Name, field => Convert.ToDecimal(field.GetValue(null), CultureInfo.InvariantCulture), StringComparer.Ordinal);
        told.OrderBy(limit => limit.Key, StringComparer.Ordinal).ShouldBe(real.OrderBy(limit => limit.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void Every_code_of_a_rejected_row_stands_on_the_page() =>
        Rows("## Rejected rows").Select(row => row[0].Trim('`')).ShouldBe(IssueCodes.All.Select(known => known.Code).Except(CodesOfEnvelopes, StringComparer.Ordinal));

    [Fact]
    public void Limits_that_are_told_in_two_places_are_the_same()
    {
        EnvelopeLimits.DeviceId.ShouldBe(DeviceId.MaximumLength);
        EnvelopeLimits.WorkspaceId.ShouldBe(WorkspaceId.MaximumLength);
        EnvelopeLimits.CostUnits.ShouldBe(EnvelopeLimits.CostCents * 10_000);
    }

    [Fact]
    public void The_widest_primary_key_fits_into_an_index_row()
    {
        const int indexRow = 2_704, day = 4, headerOfEach = 4, texts = 8;
        var widest = EnvelopeLimits.WorkspaceId + EnvelopeLimits.DeviceId + day + EnvelopeLimits.Role + EnvelopeLimits.Provider + EnvelopeLimits.Model
            + EnvelopeLimits.RepoId + EnvelopeLimits.GitBranch + EnvelopeLimits.Surface + (headerOfEach * texts);
        widest.ShouldBeLessThan(indexRow);
    }

    [Theory]
    [InlineData("role", EnvelopeLimits.Role)]
    [InlineData("provider", EnvelopeLimits.Provider)]
    [InlineData("model", EnvelopeLimits.Model)]
    [InlineData("repo_id", EnvelopeLimits.RepoId)]
    [InlineData("git_branch", EnvelopeLimits.GitBranch)]
    [InlineData("surface", EnvelopeLimits.Surface)]
    [InlineData("ticket", EnvelopeLimits.Ticket)]
    public void A_text_of_a_rollup_is_kept_up_to_its_limit_and_fitted_beyond(string field, int limit)
    {
        foreach (var (length, whole) in new[] { (limit, true), (limit + 1, false) })
        {
            var row = Parsing.AnEnvelope().Rollup(Parsing.Day, r => r.Raw(field, $"\"{new string('x', length)}\"")).Accept().OnlyRollup();
            var stored = field switch
            {
                "role" => row.Key.Role,
                "provider" => row.Key.Provider,
                "model" => row.Key.Model,
                "repo_id" => row.Key.RepoId,
                "git_branch" => row.Key.GitBranch,
                "surface" => row.Key.Surface,
                _ => row.Ticket!,
            };
            stored.Length.ShouldBe(limit);
            (stored == new string('x', length)).ShouldBe(whole);
        }
    }

    private static IEnumerable<string[]> Rows(string heading)
    {
        var section = Page[Page.IndexOf(heading, StringComparison.Ordinal)..];
        var next = section.IndexOf("\n## ", 1, StringComparison.Ordinal);
        return TableRow().Matches(next < 0 ? section : section[..next]).Skip(2)
            .Select(row => row.Groups["cells"].Value.Split('|').Select(cell => cell.Trim()).ToArray());
    }

    [GeneratedRegex(@"^\|(?<cells>.*)\|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex TableRow();
}
