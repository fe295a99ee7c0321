namespace Ingest.Domain.Envelopes;

/// <summary>A five-hour rate-limit window (C§1.4), normalised. Cost is in units of 1/10000 cent.</summary>
public sealed record WindowSummary
{
    public required WindowKey Key { get; init; }

    public required DateTimeOffset EndedAt { get; init; }

    public required double DurationMinutes { get; init; }

    public required bool IsActive { get; init; }

    public required bool HitRateLimit { get; init; }

    public required long MessageCount { get; init; }

    public required long InputTokens { get; init; }

    public required long OutputTokens { get; init; }

    public required long CacheCreationTokens { get; init; }

    public required long CacheReadTokens { get; init; }

    public required long Cost { get; init; }

    public required double BurnRateCentsPerMinute { get; init; }

    public required string Surface { get; init; }
}
