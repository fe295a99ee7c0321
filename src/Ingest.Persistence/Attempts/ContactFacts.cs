using Ingest.Domain.Health;
using Ingest.Domain.Ledger;

namespace Ingest.Persistence.Attempts;

/// <summary>A device's contact at one moment, on its way to <c>device_contacts</c>.</summary>
internal sealed record ContactFacts(
    string WorkspaceId,
    string DeviceId,
    LastAttempt LastAttempt,
    DateTimeOffset? LastStoredAt,
    DateTimeOffset? FailingSince,
    DeviceClock Clock,
    TimeSpan? ClockSkew);
