namespace Ingest.Testing.Envelopes;

/// <summary>A five-hour rate-limit window.</summary>
public sealed class WindowBuilder : RowBuilder<WindowBuilder>
{
    internal WindowBuilder(DateTimeOffset startedAt)
    {
        Set("started_at", WireText.Of(startedAt));
        EndedAt(startedAt.AddHours(5)).DurationMinutes(300).Active(false).Messages(20).Tokens(input: 5_000, output: 800, cacheCreation: 70, cacheRead: 9_000)
            .Cost(91.5m).BurnRate(0.305m).HitRateLimit(false).Provider("claude_code").Surface("terminal");
    }

    public WindowBuilder EndedAt(DateTimeOffset at) => Set("ended_at", WireText.Of(at));

    public WindowBuilder DurationMinutes(decimal minutes) => Set("duration_minutes", WireText.Of(minutes));

    public WindowBuilder Active(bool active) => Set("is_active", WireText.Of(active));

    public WindowBuilder Messages(long count) => Set("message_count", WireText.Of(count));

    public WindowBuilder Tokens(long input, long output, long cacheCreation = 0, long cacheRead = 0) =>
        Set("input_tokens", WireText.Of(input))
            .Set("output_tokens", WireText.Of(output))
            .Set("cache_creation_tokens", WireText.Of(cacheCreation))
            .Set("cache_read_tokens", WireText.Of(cacheRead));

    public WindowBuilder Cost(decimal cents) => Set("cost_cents", WireText.Of(cents));

    public WindowBuilder BurnRate(decimal centsPerMinute) => Set("burn_rate_cents_per_minute", WireText.Of(centsPerMinute));

    public WindowBuilder HitRateLimit(bool hit) => Set("hit_rate_limit", WireText.Of(hit));

    public WindowBuilder Provider(string? provider) => Set("provider", WireText.Of(provider));

    public WindowBuilder Surface(string? surface) => Set("surface", WireText.Of(surface));
}
