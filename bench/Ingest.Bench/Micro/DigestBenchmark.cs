using BenchmarkDotNet.Attributes;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Ledger;

namespace Ingest.Bench.Micro;

/// <summary>The digest and the sums of one device-day.</summary>
public class DigestBenchmark
{
    private DaySnapshot[] _days = [];
    private int _next;

    [GlobalSetup]
    public void Setup() => _days = [.. new SentBodies(days: 1, sessions: 0).Parsed().Select(envelope => envelope.Days[0])];

    [Benchmark]
    public DayDigest Digest()
    {
        var day = _days[_next = (_next + 1) % _days.Length];
        return DayDigest.Of(day.Day, day.Rows.Span);
    }

    [Benchmark]
    public DayTotals Totals() => _days[_next = (_next + 1) % _days.Length].Totals;
}
