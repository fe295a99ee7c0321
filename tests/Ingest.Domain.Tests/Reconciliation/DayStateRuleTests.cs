using Ingest.Domain.Ledger;
using Ingest.Domain.Reconciliation;

namespace Ingest.Domain.Tests.Reconciliation;

public sealed class DayStateRuleTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 14, 18, 30, 0, TimeSpan.Zero);
    private static readonly DateOnly Closed = new(2026, 5, 11);
    private static readonly LedgerPolicy Policy = new();

    private static readonly LedgerDay Plain = new()
    {
        Day = Closed, Digest = default, Totals = default, Order = default, ReceivedAt = Now, AttemptId = Guid.Empty,
    };

    private static DayState Of(DateOnly day, DateOnly? confirmed, LedgerDay? entry = null) => DayStateRule.Of((entry ?? Plain) with { Day = day }, confirmed, Now, Policy);

    [Fact]
    public void A_day_is_complete_once_it_is_closed_and_confirmed()
    {
        Of(Closed, Closed).ShouldBe(DayState.Complete);
        Of(Closed, Closed.AddDays(-1)).ShouldBe(DayState.Open, "not confirmed");
        Of(Closed.AddDays(1), Closed.AddDays(1)).ShouldBe(DayState.Open, "not closed");
        Of(Closed, null).ShouldBe(DayState.Open, "nothing was ever confirmed");
    }

    [Fact]
    public void Of_several_states_the_worst_is_told()
    {
        var entry = Plain;
        var states = new List<DayState> { Of(Closed, Closed, entry) };
        foreach (var add in new Func<LedgerDay, LedgerDay>[]
        {
            now => now with { ChangedAfterCloseAt = Now },
            now => now with { ShrunkAt = Now },
            now => now with { Flips = 4, FlippedAt = Now },
            now => now with { GoneAt = Now },
            now => now with { ExpiredAt = Now },
        })
        {
            entry = add(entry);
            states.Add(Of(Closed, Closed, entry));
        }

        states.ShouldBe([DayState.Complete, DayState.ChangedAfterClose, DayState.Shrunk, DayState.Shared, DayState.Gone, DayState.Expired]);
        states.ShouldBe(states.Order());
    }

    [Fact]
    public void A_day_is_shared_from_the_fourth_flip_on_until_it_was_quiet_for_a_day()
    {
        Of(Closed, Closed, Plain with { Flips = 3, FlippedAt = Now }).ShouldBe(DayState.Complete);
        Of(Closed, Closed, Plain with { Flips = 4, FlippedAt = Now.AddHours(-24) }).ShouldBe(DayState.Shared);
        Of(Closed, Closed, Plain with { Flips = 4, FlippedAt = Now.AddHours(-24).AddTicks(-1) }).ShouldBe(DayState.Complete);
    }
}
