using Ingest.Domain.Ledger;

namespace Ingest.Persistence.Restores;

/// <summary>A day whose earlier version stands again.</summary>
/// <param name="DeviceId">Of which device.</param>
/// <param name="Day">The day.</param>
/// <param name="Before">Its sums before.</param>
/// <param name="After">Its sums after.</param>
/// <param name="VersionId">The version that keeps what was replaced; null where nothing differed and nothing was written.</param>
/// <param name="AttemptId">Names the restoration, in the rows it wrote too.</param>
public sealed record RestoredDay(string DeviceId, DateOnly Day, DayTotals Before, DayTotals After, Guid? VersionId, Guid AttemptId);
