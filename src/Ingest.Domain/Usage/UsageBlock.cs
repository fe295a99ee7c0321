namespace Ingest.Domain.Usage;

/// <summary>What devices used on one day: their live rows, column by column, and device by device.</summary>
public sealed class UsageBlock
{
    /// <summary>Texts of each row, in this order.</summary>
    public static readonly IReadOnlyList<UsageDimension> TextDimensions =
    [
        UsageDimension.Role, UsageDimension.Provider, UsageDimension.Model, UsageDimension.Repo, UsageDimension.Branch, UsageDimension.Surface, UsageDimension.Ticket,
    ];

    /// <summary>Numbers of each row: messages, input, output, cache creation and cache read tokens, list price and effective cost.</summary>
    public const int NumberColumns = 7;

    /// <param name="day">The UTC day.</param>
    /// <param name="devices">In the order of their rows.</param>
    /// <param name="texts">Of each text dimension the values, each once; null is no ticket.</param>
    /// <param name="codes">Of each text dimension and row the place of its value among them.</param>
    /// <param name="numbers">The number columns.</param>
    public UsageBlock(DateOnly day, IReadOnlyList<BlockDevice> devices, IReadOnlyList<string?[]> texts, IReadOnlyList<NarrowColumn> codes, IReadOnlyList<NarrowColumn> numbers)
    {
        Day = day;
        Devices = devices;
        Texts = texts;
        Codes = codes;
        Numbers = numbers;
        Bytes = codes.Concat(numbers).Sum(column => (long)column.Bytes.Length)
            + texts.Sum(values => values.Sum(value => 32L + (2 * (value?.Length ?? 0)))) + (devices.Count * 200L);
    }

    public DateOnly Day { get; }

    public IReadOnlyList<BlockDevice> Devices { get; }

    public IReadOnlyList<string?[]> Texts { get; }

    public IReadOnlyList<NarrowColumn> Codes { get; }

    public IReadOnlyList<NarrowColumn> Numbers { get; }

    /// <summary>About how much memory it takes.</summary>
    public long Bytes { get; }
}
