namespace Ingest.Simulator.Servers;

/// <summary>A server cannot be tested; the message says why.</summary>
internal sealed class ServerException(string message) : Exception(message);
