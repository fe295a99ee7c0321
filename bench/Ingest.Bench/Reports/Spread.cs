namespace Ingest.Bench.Reports;

/// <summary>A figure over the rounds.</summary>
internal sealed record Spread(double Median, double Least, double Most)
{
    /// <returns>Null where no round has one.</returns>
    public static Spread? Of(IEnumerable<double?> values)
    {
        var sorted = values.OfType<double>().Order().ToList();
        if (sorted.Count == 0) return null;
        var middle = sorted.Count / 2;
        return new Spread(sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2, sorted[0], sorted[^1]);
    }
}
