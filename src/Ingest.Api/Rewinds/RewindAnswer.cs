namespace Ingest.Api.Rewinds;

/// <summary>What was asked of how many devices. It is carried out with their next envelopes.</summary>
/// <param name="Devices">How many devices it concerns.</param>
/// <param name="From">The day, <c>YYYY-MM-DD</c> in UTC, from which on they send again; earlier where an earlier request still waits.</param>
/// <param name="Verify">Whether days that come again are compared row by row.</param>
internal sealed record RewindAnswer(int Devices, DateOnly From, bool Verify);
