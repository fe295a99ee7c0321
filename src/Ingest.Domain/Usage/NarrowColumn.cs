using System.Numerics;
using System.Runtime.InteropServices;

namespace Ingest.Domain.Usage;

/// <summary>
/// Numbers from zero on, one a row, as narrow as the largest of them allows. A month of a large fleet is a million rows, and each is looked at for
/// each answer: what counts is how many bytes that are, and that nothing is decided row by row that can be decided before.
/// </summary>
public sealed class NarrowColumn
{
    private readonly byte[] _bytes;

    private NarrowColumn(byte[] bytes, int width)
    {
        _bytes = bytes;
        Width = width;
    }

    /// <summary>Bytes of each: 1, 2, 4 or 8.</summary>
    public int Width { get; }

    public ReadOnlySpan<byte> Bytes => _bytes;

    public static NarrowColumn Of(ReadOnlySpan<long> values)
    {
        var largest = 0L;
        foreach (var value in values) largest |= value;
        return largest switch
        {
            < 0 => throw new ArgumentOutOfRangeException(nameof(values), "Numbers are from zero on."),
            <= byte.MaxValue => Of<byte>(values),
            <= ushort.MaxValue => Of<ushort>(values),
            <= uint.MaxValue => Of<uint>(values),
            _ => Of<long>(values),
        };
    }

    /// <param name="bytes">As <see cref="Bytes"/> gave them, on a machine of the same byte order.</param>
    /// <param name="width">As <see cref="Width"/>.</param>
    public static NarrowColumn Of(ReadOnlySpan<byte> bytes, int width) => new(bytes.ToArray(), width);

    /// <summary>Says of each row, from the first of the range on, what the map says of its number.</summary>
    public void Translate(ReadOnlySpan<int> map, int first, Span<int> rows)
    {
        switch (Width)
        {
            case 1: Translate<byte>(map, first, rows); break;
            case 2: Translate<ushort>(map, first, rows); break;
            case 4: Translate<uint>(map, first, rows); break;
            default: Translate<long>(map, first, rows); break;
        }
    }

    /// <summary>Says of rows whose number is not allowed that they are excluded.</summary>
    public void Exclude(ReadOnlySpan<bool> allowed, int first, Span<int> rows, int excluded)
    {
        switch (Width)
        {
            case 1: Exclude<byte>(allowed, first, rows, excluded); break;
            case 2: Exclude<ushort>(allowed, first, rows, excluded); break;
            case 4: Exclude<uint>(allowed, first, rows, excluded); break;
            default: Exclude<long>(allowed, first, rows, excluded); break;
        }
    }

    /// <summary>Adds the number of each row to the sum of its group.</summary>
    /// <exception cref="OverflowException">A sum does not fit into 64 bits.</exception>
    public void AddTo(Span<long> sums, int first, ReadOnlySpan<int> groups)
    {
        switch (Width)
        {
            case 1: AddTo<byte>(sums, first, groups); break;
            case 2: AddTo<ushort>(sums, first, groups); break;
            case 4: AddTo<uint>(sums, first, groups); break;
            default: AddTo<long>(sums, first, groups); break;
        }
    }

    private static NarrowColumn Of<T>(ReadOnlySpan<long> values)
        where T : unmanaged, IBinaryInteger<T>
    {
        var narrow = new T[values.Length];
        for (var row = 0; row < narrow.Length; row++) narrow[row] = T.CreateTruncating(values[row]);
        return new NarrowColumn(MemoryMarshal.AsBytes<T>(narrow).ToArray(), Marshal.SizeOf<T>());
    }

    private ReadOnlySpan<T> Rows<T>(int first, int count)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(_bytes).Slice(first, count);

    private void Translate<T>(ReadOnlySpan<int> map, int first, Span<int> rows)
        where T : unmanaged, IBinaryInteger<T>
    {
        var numbers = Rows<T>(first, rows.Length);
        for (var row = 0; row < numbers.Length; row++) rows[row] = map[int.CreateTruncating(numbers[row])];
    }

    private void Exclude<T>(ReadOnlySpan<bool> allowed, int first, Span<int> rows, int excluded)
        where T : unmanaged, IBinaryInteger<T>
    {
        var numbers = Rows<T>(first, rows.Length);
        for (var row = 0; row < numbers.Length; row++)
        {
            if (!allowed[int.CreateTruncating(numbers[row])]) rows[row] = excluded;
        }
    }

    private void AddTo<T>(Span<long> sums, int first, ReadOnlySpan<int> groups)
        where T : unmanaged, IBinaryInteger<T>
    {
        var numbers = Rows<T>(first, groups.Length);
        for (var row = 0; row < numbers.Length; row++)
        {
            ref var sum = ref sums[groups[row]];
            sum = checked(sum + long.CreateTruncating(numbers[row]));
        }
    }
}
