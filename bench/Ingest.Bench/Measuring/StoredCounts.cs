namespace Ingest.Bench.Measuring;

/// <summary>What happened to the rows of the data, and to those of the ledger beside it.</summary>
internal sealed record StoredCounts(TableCounts Data, TableCounts Ledger)
{
    public StoredCounts Since(StoredCounts before) => new(Data.Since(before.Data), Ledger.Since(before.Ledger));
}
