using Ingest.Simulator.Fleet;

namespace Ingest.Simulator.Faults;

/// <summary>
/// The laptop is closed late in the evening, after usage that no tick has sent yet, and opened in the morning. Half the time a pass was
/// under way: its rows were read before midnight, and its chunks are stamped and sent after it.
/// </summary>
internal sealed class MidnightFault(Random dice) : Fault(dice)
{
    private const int EveningHour = 20;

    private DateTimeOffset _until = DateTimeOffset.MinValue;

    public override void AfterTick(SimulatedDevice device, Moment moment)
    {
        if (moment.Now.Hour < EveningHour || !Happens(moment, 0.2)) return;
        if (Dice.Next(2) == 0) device.SuspendInAPass(moment);
        device.Use(moment);
        _until = new DateTimeOffset(moment.Now.Date, TimeSpan.Zero).AddDays(1).AddHours(Dice.Next(5, 11));
    }

    public override bool Sleeps(Moment moment) => moment.Now < _until;
}
