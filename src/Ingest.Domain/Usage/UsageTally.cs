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

    /// <summary>No value has this number.</summary>
    private const int Excluded = -1;

    private readonly ValueTable[] _values = [.. question.By.Select(_ => new ValueTable())];
    private readonly Dictionary<long, int> _pairs = [];
    private readonly Dictionary<string, int> _members = new(StringComparer.Ordinal);
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
        for (var first = 0; first < counts.Length; first++)
        {
            if (!counts[first]) continue;

            // Neighbours are one stretch.
            var last = first;
            while (last + 1 < counts.Length && counts[last + 1]) last++;
            var stretch = new Stretch(block.Devices, first, last);
            if (stretch.Rows > 0) Add(block, sums, dimensions, stretch, filters);
            first = last;
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

    private void Add(UsageBlock block, Sums sums, Dimension[] dimensions, Stretch stretch, List<(NarrowColumn Codes, bool[] Allowed)> filters)
    {
        var rented = ArrayPool<int>.Shared.Rent(stretch.Rows);
        var others = ArrayPool<int>.Shared.Rent(dimensions.Length > 1 ? stretch.Rows : 1);
        try
        {
            var groups = rented.AsSpan(0, stretch.Rows);
            var second = dimensions.Length > 1 ? others.AsSpan(0, stretch.Rows) : [];
            if (filters.Count > 0) Choose(dimensions, stretch, groups, second, filters);
            else if (dimensions.Length == 0) groups.Fill(GroupOf(0, 0));
            else if (dimensions.Length == 1) dimensions[0].Write(stretch, groups, value => GroupOf(value, 0));
            else Pair(dimensions, stretch, groups, second);

            sums.MakeRoom(_groups.Count);
            for (var number = 0; number < UsageBlock.NumberColumns; number++) block.Numbers[number].AddTo(sums.Numbers[number], stretch.FirstRow, groups);
            var rows = sums.Rows.AsSpan();
            foreach (var group in groups) rows[group]++;
        }
        finally
        {
            ArrayPool<int>.Shared.Return(rented);
            ArrayPool<int>.Shared.Return(others);
        }
    }

    /// <summary>Groups of the rows that filters let through; what they keep out makes none.</summary>
    private void Choose(Dimension[] dimensions, Stretch stretch, Span<int> groups, Span<int> others, List<(NarrowColumn Codes, bool[] Allowed)> filters)
    {
        groups.Clear();
        if (dimensions.Length > 0) dimensions[0].Write(stretch, groups, value => value);
        if (dimensions.Length > 1) dimensions[1].Write(stretch, others, value => value);
        foreach (var (codes, allowed) in filters) codes.Exclude(allowed, stretch.FirstRow, groups, Excluded);
        for (var row = 0; row < groups.Length; row++) groups[row] = groups[row] == Excluded ? Nowhere : GroupOf(groups[row], dimensions.Length > 1 ? others[row] : 0);
    }

    private void Pair(Dimension[] dimensions, Stretch stretch, Span<int> groups, Span<int> others)
    {
        // One value for the whole block leaves the other one to tell its rows apart.
        if (dimensions[0].OfBlock is { } one) dimensions[1].Write(stretch, groups, value => GroupOf(one, value));
        else if (dimensions[1].OfBlock is { } other) dimensions[0].Write(stretch, groups, value => GroupOf(value, other));
        else
        {
            dimensions[0].Write(stretch, groups, value => value);
            dimensions[1].Write(stretch, others, value => value);
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
        UsageDimension.Device => Dimension.ByDevice(device => values.PlaceOf(device.DeviceId)),
        UsageDimension.Member => Dimension.ByDevice(device => MemberOf(device, values)),
        _ => Dimension.ByText(TextPlace(dimension), block, values),
    };

    private int MemberOf(BlockDevice device, ValueTable values)
    {
        ref var member = ref CollectionsMarshal.GetValueRefOrAddDefault(_members, device.DeviceId, out var isKnown);
        if (!isKnown) member = values.PlaceOf(ownerOf(device.DeviceId).ToString("D"));
        return member;
    }

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

    /// <summary>Devices of a block that follow each other, and their rows.</summary>
    private readonly struct Stretch(IReadOnlyList<BlockDevice> devices, int first, int last)
    {
        public int FirstRow { get; } = devices[first].FirstRow;

        public int Rows { get; } = devices[last].FirstRow + devices[last].Rows - devices[first].FirstRow;

        public void FillByDevice(Span<int> rows, Func<BlockDevice, int> valueOf)
        {
            for (var at = first; at <= last; at++)
            {
                if (devices[at].Rows > 0) rows.Slice(devices[at].FirstRow - FirstRow, devices[at].Rows).Fill(valueOf(devices[at]));
            }
        }
    }

    /// <summary>What one dimension says of the rows of one block: the same of all, the same of a device's, or what a text column says.</summary>
    private sealed class Dimension
    {
        private readonly int[]? _map;
        private readonly NarrowColumn? _codes;
        private readonly Func<BlockDevice, int>? _ofDevice;

        private Dimension(int? ofBlock, Func<BlockDevice, int>? ofDevice, NarrowColumn? codes, int[]? map) => (OfBlock, _ofDevice, _codes, _map) = (ofBlock, ofDevice, codes, map);

        /// <summary>The value of all rows, or null where they differ.</summary>
        public int? OfBlock { get; }

        public static Dimension ForBlock(int value) => new(value, null, null, null);

        public static Dimension ByDevice(Func<BlockDevice, int> valueOf) => new(null, valueOf, null, null);

        public static Dimension ByText(int text, UsageBlock block, ValueTable values) => new(null, null, block.Codes[text], Array.ConvertAll(block.Texts[text], values.PlaceOf));

        /// <summary>Says of each row what <paramref name="say"/> makes of its value, asked once for each value or for each row, whichever are fewer.</summary>
        public void Write(Stretch stretch, Span<int> rows, Func<int, int> say)
        {
            if (OfBlock is { } value)
            {
                rows.Fill(say(value));
            }
            else if (_ofDevice is { } valueOf)
            {
                stretch.FillByDevice(rows, device => say(valueOf(device)));
            }
            else if (_map!.Length <= rows.Length)
            {
                _codes!.Translate(Array.ConvertAll(_map, place => say(place)), stretch.FirstRow, rows);
            }
            else
            {
                _codes!.Translate(_map, stretch.FirstRow, rows);
                foreach (ref var row in rows) row = say(row);
            }
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
