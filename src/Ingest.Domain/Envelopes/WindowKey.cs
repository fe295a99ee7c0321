namespace Ingest.Domain.Envelopes;

/// <summary>The natural key of a rate-limit window within its device; two providers' windows may start together (C§5 AN).</summary>
public readonly record struct WindowKey(string Provider, DateTimeOffset StartedAt);
