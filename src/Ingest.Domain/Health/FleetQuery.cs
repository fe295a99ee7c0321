using Ingest.Domain.Reconciliation;

namespace Ingest.Domain.Health;

/// <summary>Which part of a fleet is looked at.</summary>
/// <param name="Filter">Which devices.</param>
/// <param name="Page">Which page of them, from 1 on; one behind the last shows nothing.</param>
/// <param name="Size">Devices of a page.</param>
/// <param name="Days">Which days of those.</param>
/// <param name="ClosedThrough">The last closed day.</param>
public sealed record FleetQuery(FleetFilter Filter, int Page, int Size, DayRange Days, DateOnly ClosedThrough);
