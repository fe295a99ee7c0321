namespace Ingest.Bench.Load;

/// <summary>What a connection sends next.</summary>
/// <param name="Bytes">The connection's until it asks again.</param>
/// <param name="Rows">What an accepted envelope must report; null where it reports nothing.</param>
internal readonly record struct LoadRequest(ReadOnlyMemory<byte> Bytes, ExpectedRows? Rows);
