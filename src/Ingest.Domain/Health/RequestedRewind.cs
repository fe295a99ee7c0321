namespace Ingest.Domain.Health;

/// <summary>What somebody asked of a device and it was not told yet.</summary>
public sealed record RequestedRewind(DateOnly From, bool Verify);
