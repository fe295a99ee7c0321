using Ingest.Domain.Envelopes;

namespace Ingest.Persistence.Envelopes;

/// <summary>A rollup as it is kept for the device's next envelope: overwritten in place, so that what lives for long is not made anew with every envelope.</summary>
internal struct KnownRollup
{
    private RollupKey _key;
    private string? _ticket;
    private string? _ticketSource;
    private long _messageCount;
    private long _inputTokens;
    private long _outputTokens;
    private long _cacheCreationTokens;
    private long _cacheReadTokens;
    private long _costIngested;
    private long _costEffective;

    public readonly DateOnly Day => _key.BucketDay;

    public readonly DailyRollup Rollup => new()
    {
        Key = _key,
        Ticket = _ticket,
        TicketSource = _ticketSource,
        MessageCount = _messageCount,
        InputTokens = _inputTokens,
        OutputTokens = _outputTokens,
        CacheCreationTokens = _cacheCreationTokens,
        CacheReadTokens = _cacheReadTokens,
        CostIngested = _costIngested,
        CostEffective = _costEffective,
    };

    public void Become(DailyRollup rollup)
    {
        // Texts that say the same stay: they are old, and the new ones go with their envelope.
        if (_key != rollup.Key) _key = rollup.Key;
        if (_ticket != rollup.Ticket) _ticket = rollup.Ticket;
        if (_ticketSource != rollup.TicketSource) _ticketSource = rollup.TicketSource;
        _messageCount = rollup.MessageCount;
        _inputTokens = rollup.InputTokens;
        _outputTokens = rollup.OutputTokens;
        _cacheCreationTokens = rollup.CacheCreationTokens;
        _cacheReadTokens = rollup.CacheReadTokens;
        _costIngested = rollup.CostIngested;
        _costEffective = rollup.CostEffective;
    }
}
