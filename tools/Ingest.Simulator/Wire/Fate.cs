namespace Ingest.Simulator.Wire;

/// <summary>What becomes of one envelope.</summary>
/// <param name="Delay">How long it is held up.</param>
internal readonly record struct Fate(FateKind Kind, TimeSpan Delay = default)
{
    public static Fate Delivered => default;
}
