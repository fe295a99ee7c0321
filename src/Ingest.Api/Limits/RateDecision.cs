namespace Ingest.Api.Limits;

/// <summary>Whether a request may pass, and what its client is told about the next ones.</summary>
internal readonly record struct RateDecision(bool Allowed, int Remaining, int SecondsToFull, int RetryAfterSeconds);
