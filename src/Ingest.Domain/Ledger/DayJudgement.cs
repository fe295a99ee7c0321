namespace Ingest.Domain.Ledger;

/// <param name="Fate">What becomes of the day.</param>
/// <param name="Change">What is to be written of it; also an unchanged day may have something put right in the ledger.</param>
/// <param name="AsksAgain">Why the day has to come again, if it has to.</param>
public sealed record DayJudgement(DayFate Fate, DayChange? Change = null, RewindReason? AsksAgain = null)
{
    public static DayJudgement Unchanged { get; } = new(DayFate.Unchanged);
}
