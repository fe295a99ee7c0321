namespace Ingest.Api.Bodies;

/// <summary>Crosses the decompressor, which has no other way to be stopped from below.</summary>
internal sealed class BodyTooLargeException : Exception;
