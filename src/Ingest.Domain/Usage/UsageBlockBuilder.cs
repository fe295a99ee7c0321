using System.Runtime.InteropServices;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Ledger;

namespace Ingest.Domain.Usage;

/// <summary>Takes the rows of a day, device by device.</summary>
public sealed class UsageBlockBuilder(DateOnly day)
{
    private readonly List<BlockDevice> _devices = [];
    private readonly Codes[] _texts = [.. UsageBlock.TextDimensions.Select(_ => new Codes())];
    private readonly List<long>[] _numbers = [.. Enumerable.Range(0, UsageBlock.NumberColumns).Select(_ => new List<long>())];

    /// <summary>The rows that follow are this device's.</summary>
    public void Begin(string deviceId, DateTimeOffset receivedAt, bool isExpired, short digestVersion, DayDigest digest) =>
        _devices.Add(new BlockDevice(deviceId, _numbers[0].Count, 0, receivedAt, isExpired, digestVersion, digest));

    /// <summary>A live row. No ticket and an empty one are the same here.</summary>
    public void Add(DailyRollup row)
    {
        _devices[^1] = _devices[^1] with { Rows = _devices[^1].Rows + 1 };
        ReadOnlySpan<string?> texts =
            [row.Key.Role, row.Key.Provider, row.Key.Model, row.Key.RepoId, row.Key.GitBranch, row.Key.Surface, row.Ticket is { Length: > 0 } ticket ? ticket : null];
        for (var at = 0; at < texts.Length; at++) _texts[at].Add(texts[at]);
        ReadOnlySpan<long> numbers =
            [row.MessageCount, row.InputTokens, row.OutputTokens, row.CacheCreationTokens, row.CacheReadTokens, row.CostIngested, row.CostEffective];
        for (var at = 0; at < numbers.Length; at++) _numbers[at].Add(numbers[at]);
    }

    public UsageBlock Build() => new(
        day,
        [.. _devices],
        [.. _texts.Select(texts => texts.Values.ToArray())],
        [.. _texts.Select(texts => NarrowColumn.Of(CollectionsMarshal.AsSpan(texts.Rows)))],
        [.. _numbers.Select(numbers => NarrowColumn.Of(CollectionsMarshal.AsSpan(numbers)))]);

    /// <summary>The values of a text, and which each row has.</summary>
    private sealed class Codes
    {
        private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
        private int _none = -1;

        public List<string?> Values { get; } = [];

        public List<long> Rows { get; } = [];

        public void Add(string? text)
        {
            ref var place = ref _none;
            if (text is null)
            {
                if (_none < 0) _none = New(text);
            }
            else
            {
                place = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, text, out var isKnown);
                if (!isKnown) place = New(text);
            }

            Rows.Add(place);
        }

        private int New(string? text)
        {
            Values.Add(text);
            return Values.Count - 1;
        }
    }
}
