using Ingest.Domain.Envelopes;

namespace Ingest.Persistence.Envelopes;

/// <summary>The numbers of a rollup as they are kept for the device's next envelope, which brings the texts again.</summary>
internal readonly struct KnownNumbers(DailyRollup rollup)
{
    private readonly long _messageCount = rollup.MessageCount;
    private readonly long _inputTokens = rollup.InputTokens;
    private readonly long _outputTokens = rollup.OutputTokens;
    private readonly long _cacheCreationTokens = rollup.CacheCreationTokens;
    private readonly long _cacheReadTokens = rollup.CacheReadTokens;
    private readonly long _costIngested = rollup.CostIngested;
    private readonly long _costEffective = rollup.CostEffective;

    /// <param name="rollup">Has the same texts.</param>
    public DailyRollup In(DailyRollup rollup) => rollup with
    {
        MessageCount = _messageCount,
        InputTokens = _inputTokens,
        OutputTokens = _outputTokens,
        CacheCreationTokens = _cacheCreationTokens,
        CacheReadTokens = _cacheReadTokens,
        CostIngested = _costIngested,
        CostEffective = _costEffective,
    };
}
