namespace Ingest.Domain.Ledger;

/// <summary>A pending rewind: answers stay below <paramref name="From"/> until the daemon has gone back, or did not heed too many of them.</summary>
/// <param name="From">The earliest day that has to come again.</param>
/// <param name="Since">When it began; names the rewind within its device.</param>
/// <param name="Reason">Of the day that it began with, or that moved it further back.</param>
/// <param name="Unheeded">Passes that began elsewhere after they were told.</param>
/// <param name="HeldDay">What the daemon held when it was first told: a pass that begins at or before it has gone back. A later one may only have missed the answer.</param>
/// <param name="Verifies">Whether days that come again are compared row by row, whatever their digests say.</param>
public sealed record Rewind(DateOnly From, DateTimeOffset Since, RewindReason Reason, int Unheeded, DateOnly HeldDay, bool Verifies);
