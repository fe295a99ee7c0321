namespace Ingest.Domain.Envelopes;

/// <summary>A session as an envelope carries it (C§1.3), normalised. Costs are in units of 1/10000 cent.</summary>
public sealed record SessionSummary
{
    public required string SessionId { get; init; }

    public required string Provider { get; init; }

    public Sent<DateTimeOffset?> StartedAt { get; init; }

    public Sent<DateTimeOffset?> EndedAt { get; init; }

    public Sent<long?> DurationMs { get; init; }

    public Sent<string> RepoId { get; init; }

    public Sent<string> GitBranch { get; init; }

    public Sent<string> Ticket { get; init; }

    public Sent<string> TicketSource { get; init; }

    public Sent<string> Surface { get; init; }

    public required long MessageCount { get; init; }

    public required long TotalInputTokens { get; init; }

    public required long TotalOutputTokens { get; init; }

    public required long TotalCost { get; init; }

    public Sent<string> PrimaryModel { get; init; }

    public Sent<string> Title { get; init; }

    public Sent<string> ContextDragState { get; init; }

    public Sent<double?> ContextDragMetric { get; init; }

    public Sent<string> CacheEfficiencyState { get; init; }

    public Sent<double?> CacheEfficiencyMetric { get; init; }

    public Sent<string> ThrashingState { get; init; }

    public Sent<double?> ThrashingMetric { get; init; }

    public Sent<string> CostAccelerationState { get; init; }

    public Sent<double?> CostAccelerationMetric { get; init; }

    public Sent<string> OverallState { get; init; }
}
