namespace Ingest.Bench.Measuring;

/// <summary>What happened to the rows of some tables, as Postgres counts it.</summary>
/// <param name="Dead">What pruning has not taken away yet; may shrink.</param>
internal sealed record TableCounts(long Inserted, long Updated, long HotUpdated, long Deleted, long Dead)
{
    public long Written => Inserted + Updated + Deleted;

    public TableCounts Since(TableCounts before) => new(
        Inserted - before.Inserted, Updated - before.Updated, HotUpdated - before.HotUpdated, Deleted - before.Deleted, Dead - before.Dead);
}
