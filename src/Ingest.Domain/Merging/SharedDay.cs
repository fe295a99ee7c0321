using Ingest.Domain.Ledger;

namespace Ingest.Domain.Merging;

/// <summary>A day that stands under both ids that are to be one device, and counted twice until then.</summary>
/// <param name="Day">The UTC day.</param>
/// <param name="TakenFrom">The id whose snapshot would count; null where none would.</param>
/// <param name="Taken">What would count.</param>
/// <param name="LeftOut">What would no longer.</param>
public sealed record SharedDay(DateOnly Day, string? TakenFrom, DayTotals Taken, DayTotals LeftOut);
