namespace Ingest.Simulator.Fleet;

/// <summary>The frame of a run, in virtual time.</summary>
internal sealed record RunPlan
{
    /// <summary>Where a run begins on a server whose clock follows.</summary>
    public static readonly DateTimeOffset DefaultStart = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The look-back over everything comes once a week, and may begin a day late; one more day to be sure.</summary>
    public const int DefaultTail = 9;

    public DateTimeOffset Start { get; init; } = DefaultStart;

    public int Seed { get; init; } = 1;

    /// <summary>Days with faults.</summary>
    public int Days { get; init; } = 40;

    /// <summary>Days without, in which everything has to heal.</summary>
    public int Tail { get; init; } = DefaultTail;

    /// <summary>Days after the last fault at which the first of two measurements is taken.</summary>
    public int Soon { get; init; } = 1;

    public int TicksPerDay { get; init; } = 24;

    public int ChunkSize { get; init; } = 500;

    /// <summary>Days of usage that a device has before its first contact.</summary>
    public int HistoryDays { get; init; } = 75;

    /// <summary>Devices that act at the same time.</summary>
    public int InFlight { get; init; } = 16;

    public TimeSpan Tick => TimeSpan.FromDays(1) / TicksPerDay;

    public int Steps => (Days + Tail) * TicksPerDay;

    public int NoisySteps => Days * TicksPerDay;

    public int SoonStep => (Days + Soon) * TicksPerDay;

    /// <summary>A backup is taken after a quarter of the noisy days, and restored after five eighths: day 10 and day 25 of 40.</summary>
    public int BackupStep => Days * TicksPerDay / 4;

    public int RestoreStep => Days * TicksPerDay * 5 / 8;

    public Moment At(int step) => new(step, Start + (step * Tick), Tick, step < NoisySteps);

    /// <summary>Dice of their own for each device and purpose, so that a fault more or less changes nothing else.</summary>
    public Random Dice(string device, string purpose)
    {
        Span<byte> hash = stackalloc byte[32];
        System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{Seed}/{device}/{purpose}"), hash);
        return new Random(BitConverter.ToInt32(hash));
    }
}
