namespace Ingest.Bench.Load;

/// <summary>What came of a load.</summary>
internal sealed class LoadResult
{
    /// <summary>Requests that were accepted before the time was over, a second.</summary>
    public double PerSecond { get; set; }

    /// <summary>All answers, those too that came after the time was over.</summary>
    public int Answers { get; set; }

    /// <summary>Requests that were due and never sent, because every connection was waiting.</summary>
    public long Unsent { get; set; }

    /// <summary>Of accepted requests.</summary>
    public Latencies Latencies { get; } = new();

    public SortedDictionary<int, int> Statuses { get; } = [];

    /// <summary>Requests that were refused and told when to come back, as an overloaded server may.</summary>
    public int Refused { get; set; }

    public long Changed { get; set; }

    public long Unchanged { get; set; }

    /// <summary>Answers that no server may give, and envelopes that were accepted and did not do what the load says of itself.</summary>
    public int Wrong { get; set; }

    /// <summary>The first answer that was refused or wrong.</summary>
    public string? Example { get; set; }
}
