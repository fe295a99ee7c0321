namespace Ingest.Bench.Reports;

/// <summary>What a full run must show.</summary>
/// <param name="Text">In words.</param>
/// <param name="IsAtLeast">Whether the bound is a least or a most.</param>
/// <param name="Bound">The bound.</param>
/// <param name="Measured">Null where the run did not measure it.</param>
internal sealed record Requirement(string Text, bool IsAtLeast, double Bound, Spread? Measured)
{
    public bool? IsMet => Measured is null ? null : IsAtLeast ? Measured.Median >= Bound : Measured.Median <= Bound;
}
