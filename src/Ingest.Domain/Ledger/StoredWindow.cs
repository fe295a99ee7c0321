using Ingest.Domain.Envelopes;

namespace Ingest.Domain.Ledger;

/// <summary>A rate-limit window as the database holds it.</summary>
public sealed record StoredWindow(WindowSummary Summary, EnvelopeOrder Order);
