using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Ledger;

/// <summary>A session as the database holds it.</summary>
public sealed record StoredSession
{
    public required string SessionId { get; init; }

    public required string Provider { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public long? DurationMs { get; init; }

    public string? RepoId { get; init; }

    public string? GitBranch { get; init; }

    public string? Ticket { get; init; }

    public string? TicketSource { get; init; }

    public required string Surface { get; init; }

    public required long MessageCount { get; init; }

    public required long TotalInputTokens { get; init; }

    public required long TotalOutputTokens { get; init; }

    public required long TotalCost { get; init; }

    public string? PrimaryModel { get; init; }

    public string? Title { get; init; }

    public string? ContextDragState { get; init; }

    public double? ContextDragMetric { get; init; }

    public string? CacheEfficiencyState { get; init; }

    public double? CacheEfficiencyMetric { get; init; }

    public string? ThrashingState { get; init; }

    public double? ThrashingMetric { get; init; }

    public string? CostAccelerationState { get; init; }

    public double? CostAccelerationMetric { get; init; }

    public string? OverallState { get; init; }

    public required EnvelopeOrder Order { get; init; }

    /// <summary>
    /// What stands after <paramref name="sent"/>: an absent field keeps what <paramref name="stored"/> holds, a present null clears it (C§5 AB).
    /// A missing start falls back to the end, then to the stamp, only where nothing is stored (C§5 AC). Every session has a start, so null
    /// cannot clear it; falling back again instead would move the start, and write the session, with every tick.
    /// </summary>
    /// <remarks>A ticket and its source go together: a new ticket does not keep the source of the old one.</remarks>
    public static StoredSession After(SessionSummary sent, StoredSession? stored, EnvelopeOrder order)
    {
        var endedAt = sent.EndedAt.Or(stored?.EndedAt);
        return new StoredSession
        {
            SessionId = stored?.SessionId ?? sent.SessionId,
            Provider = sent.Provider,
            StartedAt = sent.StartedAt.Value ?? stored?.StartedAt ?? endedAt ?? order.SentAt,
            EndedAt = endedAt,
            DurationMs = sent.DurationMs.Or(stored?.DurationMs),
            RepoId = sent.RepoId.Or(stored?.RepoId),
            GitBranch = sent.GitBranch.Or(stored?.GitBranch),
            Ticket = sent.Ticket.Or(stored?.Ticket),
            TicketSource = sent.Ticket.IsPresent ? sent.TicketSource.Value : sent.TicketSource.Or(stored?.TicketSource),
            Surface = sent.Surface.Or(stored?.Surface) ?? UnknownSurface,
            MessageCount = sent.MessageCount,
            TotalInputTokens = sent.TotalInputTokens,
            TotalOutputTokens = sent.TotalOutputTokens,
            TotalCost = sent.TotalCost,
            PrimaryModel = sent.PrimaryModel.Or(stored?.PrimaryModel),
            Title = sent.Title.Or(stored?.Title),
            ContextDragState = sent.ContextDragState.Or(stored?.ContextDragState),
            ContextDragMetric = sent.ContextDragMetric.Or(stored?.ContextDragMetric),
            CacheEfficiencyState = sent.CacheEfficiencyState.Or(stored?.CacheEfficiencyState),
            CacheEfficiencyMetric = sent.CacheEfficiencyMetric.Or(stored?.CacheEfficiencyMetric),
            ThrashingState = sent.ThrashingState.Or(stored?.ThrashingState),
            ThrashingMetric = sent.ThrashingMetric.Or(stored?.ThrashingMetric),
            CostAccelerationState = sent.CostAccelerationState.Or(stored?.CostAccelerationState),
            CostAccelerationMetric = sent.CostAccelerationMetric.Or(stored?.CostAccelerationMetric),
            OverallState = sent.OverallState.Or(stored?.OverallState),
            Order = order,
        };
    }

    public bool TellsTheSameAs(StoredSession? other) => other is not null && this with { Order = other.Order } == other;

    private const string UnknownSurface = "unknown";
}
