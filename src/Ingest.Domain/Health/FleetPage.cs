namespace Ingest.Domain.Health;

/// <summary>A fleet, and some of its devices with their days.</summary>
/// <param name="Fleet">All that somebody sees.</param>
/// <param name="Matching">How many of them were asked for.</param>
/// <param name="Shown">Those of the page.</param>
/// <param name="Days">By device of the page.</param>
public sealed record FleetPage(FleetView Fleet, int Matching, IReadOnlyList<FleetDevice> Shown, IReadOnlyDictionary<string, HeldDays> Days);
