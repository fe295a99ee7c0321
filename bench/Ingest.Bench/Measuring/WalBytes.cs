namespace Ingest.Bench.Measuring;

/// <summary>What was written ahead: records, and the full-page images in them apart. Null where the server could not tell them apart any more.</summary>
internal sealed record WalBytes(long Records, long? Images);
