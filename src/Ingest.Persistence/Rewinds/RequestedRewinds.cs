namespace Ingest.Persistence.Rewinds;

/// <summary>What was asked of how many devices. One that was asked for more before, and has not been told yet, is still asked for that.</summary>
public sealed record RequestedRewinds(int Devices, DateOnly From, bool Verify);
