namespace Ingest.Simulator.Counting;

/// <summary>What became of devices whose history came under several ids, once the server's proposals were accepted.</summary>
/// <param name="Devices">How many there are.</param>
/// <param name="FormerIds">Ids that they had before.</param>
/// <param name="IsOffered">Whether the server proposes anything at all.</param>
/// <param name="Accepted">Former ids that were proposed, and merged into the id that came after.</param>
/// <param name="WronglyProposed">Pairs of ids that are no device's, or the wrong way round.</param>
/// <param name="DoubledBefore">Units counted too much before.</param>
/// <param name="Lost">Units too little afterwards, day by day and count by count.</param>
/// <param name="Doubled">Units too much afterwards.</param>
/// <param name="CostApart">The same of costs, in units of 1/10000 cent.</param>
internal sealed record ReinstallFinding(
    int Devices, int FormerIds, bool IsOffered, int Accepted, int WronglyProposed, long DoubledBefore, long Lost, long Doubled, long CostApart)
{
    /// <summary>A server that proposes nothing counts each id rightly, and that is all that can be said of it.</summary>
    public bool Passes => !IsOffered || (Accepted == FormerIds && WronglyProposed == 0 && Lost == 0 && Doubled == 0 && CostApart == 0);
}
