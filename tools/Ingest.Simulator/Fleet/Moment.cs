namespace Ingest.Simulator.Fleet;

/// <summary>One step of the virtual clock.</summary>
/// <param name="Now">True time.</param>
/// <param name="Length">From one step to the next.</param>
/// <param name="IsNoisy">Whether faults happen; in the quiet tail they do not.</param>
internal readonly record struct Moment(int Step, DateTimeOffset Now, TimeSpan Length, bool IsNoisy);
