namespace Ingest.Domain.Ledger;

/// <param name="Rewind">As it was.</param>
/// <param name="At">When it ended.</param>
/// <param name="WasObeyed">Whether the daemon went back; otherwise it was given up.</param>
public sealed record EndedRewind(Rewind Rewind, DateTimeOffset At, bool WasObeyed);
