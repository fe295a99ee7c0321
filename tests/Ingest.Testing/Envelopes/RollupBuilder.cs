namespace Ingest.Testing.Envelopes;

/// <summary>A daily rollup. Costs are in cents, as on the wire.</summary>
public sealed class RollupBuilder : RowBuilder<RollupBuilder>
{
    internal RollupBuilder(DateOnly day)
    {
        Set("bucket_day", WireText.Of(day));
        Role("assistant").Provider("claude_code").Model("claude-sonnet-4-5-20250929").Repo("github.com/acme/storefront").Branch("main").Surface("terminal");
        Optional("ticket", "ticket_source");
        Messages(10).Tokens(input: 1_000, output: 200, cacheCreation: 50, cacheRead: 4_000);
        Optional("cost_cents");
        Cost(12.5m);
    }

    public RollupBuilder Role(string role) => Set("role", WireText.Of(role));

    public RollupBuilder Provider(string provider) => Set("provider", WireText.Of(provider));

    public RollupBuilder Model(string model) => Set("model", WireText.Of(model));

    public RollupBuilder Repo(string repo) => Set("repo_id", WireText.Of(repo));

    public RollupBuilder Branch(string branch) => Set("git_branch", WireText.Of(branch));

    public RollupBuilder Surface(string surface) => Set("surface", WireText.Of(surface));

    public RollupBuilder Ticket(string? ticket, string? source = "branch") =>
        Set("ticket", WireText.Of(ticket)).Set("ticket_source", source is null ? null : WireText.Of(source));

    public RollupBuilder Messages(long count) => Set("message_count", WireText.Of(count));

    public RollupBuilder Tokens(long input, long output, long cacheCreation = 0, long cacheRead = 0) =>
        Set("input_tokens", WireText.Of(input))
            .Set("output_tokens", WireText.Of(output))
            .Set("cache_creation_tokens", WireText.Of(cacheCreation))
            .Set("cache_read_tokens", WireText.Of(cacheRead));

    /// <summary>Both costs of schema version 2 and later.</summary>
    public RollupBuilder Cost(decimal cents) => Cost(cents, cents);

    public RollupBuilder Cost(decimal effective, decimal ingested) =>
        Set("cost_cents_effective", WireText.Of(effective)).Set("cost_cents_ingested", WireText.Of(ingested));

    /// <summary>The one cost of schema version 1, and no surface, which came with version 2.</summary>
    public RollupBuilder CostOfVersion1(decimal cents) =>
        Without("cost_cents_effective").Without("cost_cents_ingested").Without("surface").Set("cost_cents", WireText.Of(cents));
}
