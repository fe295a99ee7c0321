using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Ledger;

namespace Ingest.Domain.Usage;

/// <summary>
/// Adds up blocks into groups. Whatever can be found out once for a day, a device or a value is; what is left for each row is to look up its group and
/// to add its numbers, column by column.
/// </summary>
/// <param name="question">What is asked.</param>
/// <param name="ownerOf">Whose a device is.</param>
public sealed class UsageTally(UsageQuestion question, Func<string, Guid> ownerOf)
{
    /// <summary>Rows that do not count, so that no row has to be jumped over.</summary>
    private const int Nowhere = 0;

    private readonly ValueTable[] _values = [.. question.By.Select(_ => new ValueTable())];
    private readonly Dictionary<long, int> _pairs = [];
    private readonly List<(int First, int Second)> _groups = [(0, 0)];
    private readonly Sums _current = new();
    private readonly Sums _previous = new();

    /// <param name="block">A day of the question's span.</param>
    /// <param name="counts">Which of its devices count, by place.</param>
    /// <exception cref="OverflowException">A sum does not fit into 64 bits, or there are too many groups.</exception>
    public void Add(UsageBlock block, ReadOnlySpan<bool> counts)
    {
        if (!TryAllow(block, out var filters)) return;
        var isPrevious = block.Day < question.Range.From;
        var sums = isPrevious ? _previous : _current;
        var dimensions = new Dimension[question.By.Count];
        for (var at = 0; at < dimensions.Length; at++) dimensions[at] = Of(block, question.By[at], _values[at], isPrevious);
        var isByDevice = Array.Exists(dimensions, dimension => dimension.OfDevice is not null);

        for (var device = 0; device < counts.Length; device++)
        {
            if (!counts[device]) continue;
            var last = device;

            // Neighbours that nothing tells apart are one stretch.
            while (!isByDevice && last + 1 < counts.Length && counts[last + 1]) last++;
            var first = block.Devices[device].FirstRow;
            var rows = block.Devices[last].FirstRow + block.Devices[last].Rows - first;
            if (rows > 0) Add(block, sums, dimensions, device, first, rows, filters);
            device = last;
        }
    }

    /// <returns>In no order, and none in which no row counts.</returns>
    public IReadOnlyList<UsageGroup> Groups()
    {
        var groups = new List<UsageGroup>();
        for (var group = 1; group < _groups.Count; group++)
        {
            if ((_current.RowsOf(group) | _previous.RowsOf(group)) == 0) continue;
            var (first, second) = _groups[group];
            string?[] values = _values.Length switch
            {
                0 => [],
                1 => [_values[0].Of(first)],
                _ => [_values[0].Of(first), _values[1].Of(second)],
            };
            groups.Add(new UsageGroup(values, _current.Of(group), _previous.Of(group)));
        }

        return groups;
    }

    private void Add(UsageBlock block, Sums sums, Dimension[] dimensions, int device, int first, int count, List<(NarrowColumn Codes, bool[] Allowed)> filters)
    {
        var rented = ArrayPool<int>.Shared.Rent(count);
        var others = ArrayPool<int>.Shared.Rent(dimensions.Length > 1 ? count : 1);
        try
        {
            var groups = rented.AsSpan(0, count);
            switch (dimensions.Length)
            {
                case 0:
                    groups.Fill(GroupOf(0, 0));
                    break;
                case 1:
                    dimensions[0].Write(device, first, groups, value => GroupOf(value, 0));
                    break;
                default:
                    Pair(dimensions, device, first, groups, others.AsSpan(0, count));
                    break;
            }

            foreach (var (codes, allowed) in filters) codes.Exclude(allowed, first, groups);
            sums.MakeRoom(_groups.Count);
            for (var number = 0; number < UsageBlock.NumberColumns; number++) block.Numbers[number].AddTo(sums.Numbers[number], first, groups);
            foreach (var group in groups) sums.Rows[group]++;
        }
        finally
        {
            ArrayPool<int>.Shared.Return(rented);
            ArrayPool<int>.Shared.Return(others);
        }
    }

    private void Pair(Dimension[] dimensions, int device, int first, Span<int> groups, Span<int> others)
    {
        // One value for the whole stretch leaves the other one to tell its rows apart.
        if (dimensions[0].ForAll(device) is { } one) dimensions[1].Write(device, first, groups, value => GroupOf(one, value));
        else if (dimensions[1].ForAll(device) is { } other) dimensions[0].Write(device, first, groups, value => GroupOf(value, other));
        else
        {
            dimensions[0].Write(device, first, groups, value => value);
            dimensions[1].Write(device, first, others, value => value);
            for (var row = 0; row < groups.Length; row++) groups[row] = GroupOf(groups[row], others[row]);
        }
    }

    private int GroupOf(int first, int second)
    {
        ref var group = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, ((long)first << 32) | (uint)second, out var isKnown);
        if (isKnown) return group;
        if (_groups.Count > UsageLimits.Groups) throw new OverflowException($"There are more than {UsageLimits.Groups} groups.");
        _groups.Add((first, second));
        return group = _groups.Count - 1;
    }

    private Dimension Of(UsageBlock block, UsageDimension dimension, ValueTable values, bool isPrevious) => dimension switch
    {
        // A day of the period before stands beside the one that many days later.
        UsageDimension.Day => Dimension.ForBlock(values.PlaceOf((isPrevious ? block.Day.AddDays(question.Days) : block.Day).ToString(Day.Format, CultureInfo.InvariantCulture))),
        UsageDimension.Device => Dimension.ByDevice(device => values.PlaceOf(block.Devices[device].DeviceId)),
        UsageDimension.Member => Dimension.ByDevice(device => values.PlaceOf(ownerOf(block.Devices[device].DeviceId).ToString("D"))),
        _ => Dimension.ByText(TextPlace(dimension), block, values),
    };

    /// <returns>False where no row of the block can count.</returns>
    private bool TryAllow(UsageBlock block, out List<(NarrowColumn Codes, bool[] Allowed)> filters)
    {
        filters = [];
        for (var at = 0; at < UsageBlock.TextDimensions.Count; at++)
        {
            var wanted = question.Of(UsageBlock.TextDimensions[at]);
            if (wanted.Count == 0) continue;
            var allowed = Array.ConvertAll(block.Texts[at], value => wanted.Contains(value ?? ""));
            if (!allowed.Contains(true)) return false;
            if (allowed.Contains(false)) filters.Add((block.Codes[at], allowed));
        }

        return true;
    }

    private static int TextPlace(UsageDimension dimension) => UsageBlock.TextDimensions.Index().First(one => one.Item == dimension).Index;

    /// <summary>The values of a dimension that were met, each with a number.</summary>
    private sealed class ValueTable
    {
        private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
        private readonly List<string?> _values = [];
        private int _none = -1;

        public string? Of(int place) => _values[place];

        public int PlaceOf(string? value)
        {
            if (value is null)
            {
                if (_none < 0) _none = New(value);
                return _none;
            }

            ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, value, out var isKnown);
            if (!isKnown) place = New(value);
            return place;
        }

        private int New(string? value)
        {
            _values.Add(value);
            return _values.Count - 1;
        }
    }

    /// <summary>What one dimension says of the rows of one block: the same of all, the same of a device's, or what a text column says.</summary>
    private sealed class Dimension
    {
        private readonly Lazy<int[]>? _map;
        private readonly NarrowColumn? _codes;
        private readonly int _value;

        private Dimension(int value) => _value = value;

        private Dimension(Func<int, int> ofDevice) => OfDevice = ofDevice;

        private Dimension(NarrowColumn codes, string?[] texts, ValueTable values)
        {
            _codes = codes;
            _map = new Lazy<int[]>(() => Array.ConvertAll(texts, values.PlaceOf), isThreadSafe: false);
        }

        /// <summary>The value of a device, where it hangs on the device.</summary>
        public Func<int, int>? OfDevice { get; }

        public static Dimension ForBlock(int value) => new(value);

        public static Dimension ByDevice(Func<int, int> valueOf) => new(valueOf);

        public static Dimension ByText(int text, UsageBlock block, ValueTable values) => new(block.Codes[text], block.Texts[text], values);

        /// <summary>The value of all rows of a device, or null where they differ.</summary>
        public int? ForAll(int device) => _codes is not null ? null : OfDevice is null ? _value : OfDevice(device);

        /// <summary>Says of each row what <paramref name="say"/> makes of its value, asked once for each value or for each row, whichever are fewer.</summary>
        public void Write(int device, int first, Span<int> rows, Func<int, int> say)
        {
            if (ForAll(device) is { } value)
            {
                rows.Fill(say(value));
                return;
            }

            var map = _map!.Value;
            if (map.Length <= rows.Length)
            {
                _codes!.Translate(Array.ConvertAll(map, place => say(place)), first, rows);
                return;
            }

            _codes!.Translate(map, first, rows);
            foreach (ref var row in rows) row = say(row);
        }
    }

    private sealed class Sums
    {
        public long[][] Numbers { get; } = [.. Enumerable.Range(0, UsageBlock.NumberColumns).Select(_ => new long[64])];

        public int[] Rows { get; private set; } = new int[64];

        public void MakeRoom(int groups)
        {
            if (groups <= Rows.Length) return;
            var room = Math.Max(groups, Rows.Length * 2);
            for (var at = 0; at < Numbers.Length; at++) Array.Resize(ref Numbers[at], room);
            var rows = Rows;
            Array.Resize(ref rows, room);
            Rows = rows;
        }

        public int RowsOf(int group) => group < Rows.Length ? Rows[group] : 0;

        public DayTotals Of(int group) => group >= Rows.Length
            ? default
            : new DayTotals(
                Rows[group], Numbers[0][group], Numbers[1][group], Numbers[2][group], Numbers[3][group], Numbers[4][group], Numbers[5][group], Numbers[6][group]);
    }
}
