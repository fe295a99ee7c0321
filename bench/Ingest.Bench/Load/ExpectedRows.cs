namespace Ingest.Bench.Load;

/// <summary>How many rows an envelope changes and how many it finds as they are: whoever counts otherwise measures something else.</summary>
internal sealed record ExpectedRows(int Changed, int Unchanged);
