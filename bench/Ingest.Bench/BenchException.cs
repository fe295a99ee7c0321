namespace Ingest.Bench;

/// <summary>A measurement cannot be taken; the message says why.</summary>
internal sealed class BenchException(string message) : Exception(message);
