using Ingest.Simulator.Fleet;
using Ingest.Simulator.Wire;

namespace Ingest.Simulator.Faults;

/// <summary>Something that goes wrong on one device or on its way to the server. Rates are per hour of virtual time.</summary>
internal abstract class Fault(Random dice)
{
    protected Random Dice { get; } = dice;

    /// <summary>Before the first step.</summary>
    public virtual void Begin(SimulatedDevice device)
    {
    }

    /// <summary>At every step with faults, before the device syncs.</summary>
    public virtual void Strike(SimulatedDevice device, Moment moment)
    {
    }

    /// <summary>At every step, also in the quiet tail: what has begun goes on.</summary>
    public virtual void Proceed(SimulatedDevice device, Moment moment)
    {
    }

    /// <summary>At every step with faults, after the device has synced.</summary>
    public virtual void AfterTick(SimulatedDevice device, Moment moment)
    {
    }

    /// <summary>Once, at the first quiet step.</summary>
    public virtual void Mend(SimulatedDevice device)
    {
    }

    /// <summary>Whether the machine is off: no usage, no sync.</summary>
    public virtual bool Sleeps(Moment moment) => false;

    /// <summary>Whether the machine has no network: usage, but no sync.</summary>
    public virtual bool IsOffline(Moment moment) => false;

    /// <param name="chunk">Counted from 0 within one step.</param>
    public virtual Fate FateOf(Moment moment, int chunk) => Fate.Delivered;

    protected bool Happens(Moment moment, double perHour) => Dice.NextDouble() < perHour * moment.Length.TotalHours;

    protected int OneOf(params ReadOnlySpan<int> values) => values[Dice.Next(values.Length)];
}
