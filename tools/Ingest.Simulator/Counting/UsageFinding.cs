namespace Ingest.Simulator.Counting;

/// <summary>Whether the sums that the server tells people are those of the devices, over every dimension.</summary>
/// <param name="Devices">Whose usage was added up: all of groups that lost and doubled nothing.</param>
/// <param name="Sums">How many sums were compared.</param>
/// <param name="Apart">How many are not the same.</param>
/// <param name="Examples">Some of them.</param>
internal sealed record UsageFinding(int Devices, int Sums, int Apart, IReadOnlyList<string> Examples)
{
    public bool Passes => Apart == 0;
}
