namespace Ingest.Api.Development;

/// <summary>The body of <c>PUT /development/clock</c>.</summary>
/// <param name="Now">RFC 3339, with an offset.</param>
internal sealed record ClockReading(string? Now);
