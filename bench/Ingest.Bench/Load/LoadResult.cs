namespace Ingest.Bench.Load;

/// <summary>What came of a load.</summary>
internal sealed class LoadResult
{
    /// <summary>Answers that came before the time was over, a second.</summary>
    public double PerSecond { get; set; }

    /// <summary>All answers, those too that came after the time was over.</summary>
    public int Answers { get; set; }

    /// <summary>Requests that were due and never sent, because every connection was waiting.</summary>
    public long Unsent { get; set; }

    public Latencies Latencies { get; } = new();

    public SortedDictionary<int, int> Statuses { get; } = [];

    /// <summary>Refusals that do not say when to come back.</summary>
    public int WithoutRetryAfter { get; set; }

    public long Changed { get; set; }

    public long Unchanged { get; set; }

    /// <summary>Accepted envelopes that did not do what the load says of itself.</summary>
    public int Mismatches { get; set; }

    /// <summary>The first answer that was not expected.</summary>
    public string? Unexpected { get; set; }

    public int Accepted => Statuses.GetValueOrDefault(200);
}
