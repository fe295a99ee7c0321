using BenchmarkDotNet.Attributes;
using Ingest.Domain.Envelopes;

namespace Ingest.Bench.Micro;

/// <summary>From the bytes of a body to an envelope: rows checked, normalised and in order, days digested.</summary>
public class ParseBenchmark
{
    private SentBodies _bodies = null!;

    /// <summary>Of twenty rollups each: what changes between two ticks, what a healthy device sends, and a chunk of its history.</summary>
    [Params(1, 3, 25)]
    public int Days { get; set; }

    [GlobalSetup]
    public void Setup() => _bodies = new SentBodies(Days, sessions: Days switch { 1 => 5, 3 => 2, _ => 0 });

    [Benchmark]
    public ParsedEnvelope Parse() => EnvelopeParser.Parse(_bodies.Next());
}
