namespace Ingest.Bench.Load;

/// <summary>The texts of the twenty rollups of a day: what the daemon sends, what stands in the index, and what the floor writes.</summary>
internal sealed record RollupTexts(
    string Role, string Provider, string Model, string RepoId, string GitBranch, string Surface, string Ticket, string TicketSource)
{
    private static readonly (string Provider, string Model, string Surface)[] Clients =
    [
        ("claude_code", "claude-opus-4-6", "terminal"),
        ("claude_code", "claude-sonnet-4-5-20250929", "vscode"),
        ("codex", "gpt-5.2-codex", "jetbrains"),
        ("cursor", "composer-1", "cursor"),
        ("copilot_chat", "claude-haiku-4-5", "vscode"),
    ];

    private static readonly (string Repo, string Branch, string Ticket, string Source)[] Works =
    [
        ("github.com/acme/payments", "4821-fix-cart-rounding", "4821", "branch_numeric"),
        ("github.com/acme/storefront", "feature/PAY-1284-retry-webhooks", "PAY-1284", "branch"),
    ];

    /// <summary>Two roles, five clients, two branches.</summary>
    public static IReadOnlyList<RollupTexts> OfDay { get; } =
    [
        .. from role in new[] { "assistant", "user" }
           from client in Clients
           from work in Works
           select new RollupTexts(role, client.Provider, client.Model, work.Repo, work.Branch, client.Surface, work.Ticket, work.Source),
    ];

    /// <summary>The same as a list of SQL, with a number n of each; needs a name.</summary>
    public static string AsSql { get; } = "(SELECT * FROM (VALUES "
        + string.Join(", ", OfDay.Select((row, number) =>
            $"({number}, '{row.Role}', '{row.Provider}', '{row.Model}', '{row.RepoId}', '{row.GitBranch}', '{row.Surface}', '{row.Ticket}', '{row.TicketSource}')"))
        + ") AS v (n, role, provider, model, repo_id, git_branch, surface, ticket, ticket_source))";
}
