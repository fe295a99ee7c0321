namespace Ingest.Domain.Ledger;

/// <summary>
/// Late envelopes that are off by the same amount time and again. On one machine that is a clock that was set back, and the second begins
/// an epoch. With envelopes in order between them it is a second machine: its clock will never agree with the first one's.
/// </summary>
/// <param name="Offset">How far they were from the server's clock.</param>
/// <param name="At">When the last one arrived.</param>
/// <param name="Times">How many ticks of them arrived, one soon after the other.</param>
public sealed record SteadyLateness(TimeSpan Offset, DateTimeOffset At, int Times)
{
    public static SteadyLateness After(SteadyLateness? before, DateTimeOffset now, TimeSpan offset)
    {
        if (before is null || (offset - before.Offset).Duration() > DeviceClock.SameOffset || now - before.At > TimeSpan.FromHours(24)) return new(offset, now, 1);
        return now - before.At < DeviceClock.AnotherTick ? before : new SteadyLateness(offset, now, before.Times + 1);
    }

    public bool MeansTwoMachines(LedgerPolicy policy) => Times >= policy.FlipsOfSharedId && policy.Applies(LedgerRules.SharedId);
}
