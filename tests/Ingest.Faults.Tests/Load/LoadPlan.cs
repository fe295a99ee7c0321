using System.Globalization;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Service;

namespace Ingest.Faults.Tests.Load;

/// <summary>
/// What every envelope of a load says. It follows from the device and the envelope's number alone, so whatever is found in the database can be judged by
/// the number it bears. The number stands in every row, and a higher one was sent later: one envelope can be told from every other in each part of it.
/// </summary>
/// <param name="Prefix">Names the devices, and decides what their envelopes leave out.</param>
/// <param name="Devices">How many there are.</param>
/// <param name="Today">The day the load takes for today.</param>
/// <param name="Start">What the devices' clocks show at number 0.</param>
internal sealed record LoadPlan(string Prefix, int Devices, DateOnly Today, DateTimeOffset Start)
{
    private const int ClosedDay = 2;
    private const int Days = 3;
    private const int Sessions = 2;

    /// <summary>The days and sessions an envelope can name: each is stored whole or not at all.</summary>
    public const int Parts = Days + Sessions;

    /// <summary>The first envelope of a device names all parts.</summary>
    public const int First = 1;

    /// <summary>
    /// From one envelope to the next. So little that no two of a device are ever a minute apart: late ones would otherwise look like a clock that was set back.
    /// </summary>
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    /// <summary>Whether an envelope names only some of the parts.</summary>
    public bool IsPartial { get; init; }

    /// <summary>
    /// Whether open days lose and gain a row from one envelope to the next, so that rows become ghosts and live again. A closed day that changes as often
    /// is taken for the day of two machines, of which nothing is retired: its rows are always the same ones.
    /// </summary>
    public bool HasGhosts { get; init; } = true;

    /// <summary>Whether one of the days is closed: each change of it leaves an earlier version behind, and has its device asked again.</summary>
    public bool HasClosedDay { get; init; } = true;

    public static LoadPlan Of(int devices, TimeProvider? time = null)
    {
        var now = (time ?? TimeProvider.System).GetUtcNow();
        return new LoadPlan($"dev_{Guid.NewGuid():N}"[..12], devices, DateOnly.FromDateTime(now.UtcDateTime), now);
    }

    public string DeviceOf(int device) => $"{Prefix}:{device}";

    /// <summary>The part that a stored day or session is.</summary>
    public int PartOf(DateOnly day) => Enumerable.Range(0, Days).Single(part => DayOf(part) == day);

    /// <inheritdoc cref="PartOf(DateOnly)"/>
    public static int PartOf(string session) => Enumerable.Range(Days, Sessions).Single(part => SessionOf(part) == session);

    /// <summary>Whether an envelope has something to say of a part.</summary>
    public bool Names(string device, int number, int part)
    {
        if (!IsPartial || number == First) return true;
        var bits = StableHash(device, number) % ((1 << Parts) - 1) + 1;
        return (bits & (1u << part)) != 0;
    }

    /// <summary>The rows of a part as they are to be stored, texts in order.</summary>
    public IReadOnlyList<string> Stored(int number, int part)
    {
        if (part >= Days) return [Text(SessionOf(part), number, Input(number, part), Output(number, part), 0, 0, Units(number, 0))];
        return [.. Enumerable.Range(0, Rows(number, part)).Select(row => Text(
            Branch(row), number, Input(number, row), Output(number, part), row, number, Units(number, row)))];
    }

    /// <summary>The form in which stored rows are compared.</summary>
    public static string Text(string key, long messages, long input, long output, long cacheCreation, long cacheRead, long costUnits) =>
        string.Join('|', key, messages, input, output, cacheCreation, cacheRead, costUnits);

    /// <param name="order">Where the rows are to stand in an order of its own.</param>
    public byte[] Body(string device, int number, Random? order = null)
    {
        var envelope = EnvelopeBuilder.For(IngestService.WorkspaceId).Device(device).Label(device).SyncedAt(Start + Step * number);
        var parts = Enumerable.Range(0, Parts).Where(part => Names(device, number, part)).SelectMany(part => Adders(envelope, number, part)).ToArray();
        order?.Shuffle(parts);
        foreach (var add in parts) add();
        return envelope.ToBytes();
    }

    private IEnumerable<Action> Adders(EnvelopeBuilder envelope, int number, int part)
    {
        if (part >= Days)
        {
            yield return () => envelope.Session(SessionOf(part), session => session
                .Messages(number).Tokens(Input(number, part), Output(number, part)).Cost(Cents(number, 0)));
            yield break;
        }

        foreach (var row in Enumerable.Range(0, Rows(number, part)))
        {
            yield return () => envelope.Rollup(DayOf(part), rollup => rollup
                .Branch(Branch(row)).Messages(number).Tokens(Input(number, row), Output(number, part), row, number).Cost(Cents(number, row)));
        }
    }

    /// <summary>Today and yesterday are open, and tomorrow too.</summary>
    private DateOnly DayOf(int part) => Today.AddDays(part != ClosedDay ? -part : HasClosedDay ? -9 : 1);

    private static string SessionOf(int part) => $"session-{part}";

    private static string Branch(int row) => $"branch-{row.ToString(CultureInfo.InvariantCulture)}";

    private int Rows(int number, int part) => HasGhosts && part != ClosedDay ? 2 + (number + part) % 2 : 2;

    private static long Input(int number, int row) => number * 10L + row;

    private static long Output(int number, int part) => number * 7L + part;

    private static decimal Cents(int number, int row) => number + row / 100m;

    private static long Units(int number, int row) => (number * 100L + row) * 100;

    private static uint StableHash(string device, int number)
    {
        var hash = 2166136261u;
        foreach (var character in $"{device}/{number.ToString(CultureInfo.InvariantCulture)}") hash = (hash ^ character) * 16777619u;
        return hash ^ (hash >> 15);
    }
}
