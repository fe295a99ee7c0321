namespace Ingest.Domain.Merging;

/// <summary>Where an id stands among those of its device.</summary>
/// <param name="Home">The id that the device has now.</param>
/// <param name="Steps">How many merges lead there: the fewer, the newer the id.</param>
/// <param name="Counts">Whether anything counts that stands under it.</param>
public readonly record struct MergedPlace(string Home, int Steps, bool Counts);
