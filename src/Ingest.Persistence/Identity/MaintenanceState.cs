namespace Ingest.Persistence.Identity;

/// <summary>Whether maintenance is on, since when, and whether the call switched it.</summary>
public sealed record MaintenanceState(bool On, DateTimeOffset? Since, bool Changed);
