using Ingest.Domain.Identity;

namespace Ingest.Persistence.Quarantine;

/// <summary>Who wants rows to be tried again, as far as they may, and for the audit log.</summary>
internal sealed record ReplayWish(Caller Caller, Actor Actor);
