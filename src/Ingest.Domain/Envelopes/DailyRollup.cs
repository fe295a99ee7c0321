namespace Ingest.Domain.Envelopes;

/// <summary>Usage of one device on one UTC day under one key (C§1.2), normalised. Costs are in units of 1/10000 cent.</summary>
public sealed record DailyRollup
{
    public required RollupKey Key { get; init; }

    public string? Ticket { get; init; }

    /// <summary><c>branch</c> or <c>branch_numeric</c>.</summary>
    public string? TicketSource { get; init; }

    public required long MessageCount { get; init; }

    public required long InputTokens { get; init; }

    public required long OutputTokens { get; init; }

    public required long CacheCreationTokens { get; init; }

    public required long CacheReadTokens { get; init; }

    public required long CostIngested { get; init; }

    public required long CostEffective { get; init; }
}
