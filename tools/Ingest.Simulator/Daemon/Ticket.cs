using System.Text.RegularExpressions;

namespace Ingest.Simulator.Daemon;

/// <summary>The ticket that the daemon reads out of a branch's name at the time of sending (C§4).</summary>
internal sealed partial record Ticket(string Text, string Source)
{
    private static readonly HashSet<string> NoTickets = new(StringComparer.Ordinal)
    {
        "ADR", "CEP", "CHORE", "DEMO", "DRAFT", "FIX", "ISSUE", "ITER", "LIMIT", "PASS", "PR", "REFACTOR", "RFC", "ROUND", "STEP", "SWEEP", "TASK", "TMP",
        "TODAY", "TODO", "V", "VERSION", "WIP",
    };

    public static Ticket? Of(string branch)
    {
        if (branch is "main" or "master" or "develop" or "HEAD") return null;
        foreach (Match match in Named().Matches(branch))
        {
            if (!NoTickets.Contains(match.Groups["prefix"].Value.ToUpperInvariant())) return new Ticket(match.Value.ToUpperInvariant(), "branch");
        }

        var leading = Numbered().Match(branch[(branch.LastIndexOf('/') + 1)..]);
        return leading.Success ? new Ticket(leading.Groups["number"].Value, "branch_numeric") : null;
    }

    [GeneratedRegex("(?<prefix>[A-Za-z]{2,})-[0-9]+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Named();

    [GeneratedRegex("^(?<number>[0-9]+)(-|$)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Numbered();
}
