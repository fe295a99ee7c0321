namespace Ingest.Testing.Envelopes;

/// <summary>A session summary. Optional fields are absent until they are set; passing null sends an explicit null.</summary>
public sealed class SessionBuilder : RowBuilder<SessionBuilder>
{
    internal SessionBuilder(string sessionId)
    {
        Set("session_id", WireText.Of(sessionId));
        Provider("claude_code");
        Optional("started_at", "ended_at", "duration_ms", "repo_id", "git_branch");
        Surface("terminal");
        Optional("ticket", "ticket_source");
        Messages(8).Tokens(input: 900, output: 100).Cost(7.25m);
        Optional("primary_model", "title");
    }

    public SessionBuilder Provider(string provider) => Set("provider", WireText.Of(provider));

    public SessionBuilder StartedAt(DateTimeOffset? at) => Set("started_at", WireText.Of(at));

    public SessionBuilder EndedAt(DateTimeOffset? at) => Set("ended_at", WireText.Of(at));

    public SessionBuilder DurationMs(long? duration) => Set("duration_ms", duration is { } ms ? WireText.Of(ms) : "null");

    public SessionBuilder Repo(string? repo) => Set("repo_id", WireText.Of(repo));

    public SessionBuilder Branch(string? branch) => Set("git_branch", WireText.Of(branch));

    public SessionBuilder Surface(string? surface) => Set("surface", WireText.Of(surface));

    public SessionBuilder Ticket(string? ticket, string? source = "branch") =>
        Set("ticket", WireText.Of(ticket)).Set("ticket_source", source is null ? null : WireText.Of(source));

    public SessionBuilder Messages(long count) => Set("message_count", WireText.Of(count));

    public SessionBuilder Tokens(long input, long output) =>
        Set("total_input_tokens", WireText.Of(input)).Set("total_output_tokens", WireText.Of(output));

    public SessionBuilder Cost(decimal cents) => Set("total_cost_cents", WireText.Of(cents));

    public SessionBuilder PrimaryModel(string? model) => Set("primary_model", WireText.Of(model));

    public SessionBuilder Title(string? title) => Set("title", WireText.Of(title));

    /// <param name="vital">context_drag, cache_efficiency, thrashing, cost_acceleration or overall (which has a state only).</param>
    public SessionBuilder Vital(string vital, string? state, decimal? metric = null)
    {
        Set($"vital_{vital}_state", WireText.Of(state));
        return metric is { } number ? Set($"vital_{vital}_metric", WireText.Of(number)) : this;
    }
}
