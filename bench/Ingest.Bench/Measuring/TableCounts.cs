namespace Ingest.Bench.Measuring;

/// <summary>What happened to rows of the data tables, as Postgres counts it.</summary>
internal sealed record TableCounts(long Inserted, long Updated, long HotUpdated, long Deleted, long Dead)
{
    public TableCounts Since(TableCounts before) => new(
        Inserted - before.Inserted, Updated - before.Updated, HotUpdated - before.HotUpdated, Deleted - before.Deleted, Dead - before.Dead);
}
