namespace Ingest.Testing.Daemons;

/// <summary>A chunk that left the daemon, whatever became of it.</summary>
/// <param name="Days">The days it names, ascending.</param>
/// <param name="Rows">How many rows it holds.</param>
/// <param name="SentAt">Its stamp.</param>
/// <param name="Body">Its bytes.</param>
public sealed record SentChunk(IReadOnlyList<DateOnly> Days, int Rows, DateTimeOffset SentAt, byte[] Body);
