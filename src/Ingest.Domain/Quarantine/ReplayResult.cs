namespace Ingest.Domain.Quarantine;

/// <summary>What became of the rows that were tried again.</summary>
/// <param name="Replayed">Stored, or found to stand there already.</param>
/// <param name="StillRejected">Kept in quarantine.</param>
/// <param name="Superseded">Given up for what a newer envelope has written.</param>
/// <param name="Results">Row by row, the first <see cref="MostListed"/>.</param>
public sealed record ReplayResult(int Replayed, int StillRejected, int Superseded, IReadOnlyList<ReplayedRowResult> Results)
{
    /// <summary>Rows told one by one; the counts are always complete.</summary>
    public const int MostListed = 100;

    public static ReplayResult Nothing { get; } = new(0, 0, 0, []);

    public ReplayResult With(IReadOnlyCollection<ReplayedRowResult> more) => new(
        Replayed + more.Count(row => row.Outcome == ReplayOutcome.Replayed),
        StillRejected + more.Count(row => row.Outcome == ReplayOutcome.StillRejected),
        Superseded + more.Count(row => row.Outcome == ReplayOutcome.Superseded),
        [.. Results, .. more.Take(MostListed - Results.Count)]);
}
