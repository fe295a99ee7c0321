using Ingest.Domain.Health;

namespace Ingest.Persistence.Health;

/// <summary>A row of <c>device_contacts</c>, as far as status tells of it.</summary>
internal sealed record StoredContact(
    AttemptSummary LastAttempt, DateTimeOffset? LastStoredAt, DateTimeOffset? FailingSince, DateTimeOffset? HealthySince, TimeSpan? ClockSkew);
