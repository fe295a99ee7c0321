namespace Ingest.Testing.OpenApi;

/// <summary>The service did something that its document does not say.</summary>
public sealed class OpenApiMismatchException(string message) : Exception(message);
