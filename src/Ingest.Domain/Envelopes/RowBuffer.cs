using System.Buffers;

namespace Ingest.Domain.Envelopes;

/// <summary>Rows of which nobody knows how many will come, in a borrowed array: what grows is garbage to nobody.</summary>
internal struct RowBuffer<TRow>
{
    private const int FirstRows = 32;

    private TRow[]? _rows;

    public int Count { get; private set; }

    public readonly Span<TRow> Rows => _rows.AsSpan(0, Count);

    public void Add(TRow row)
    {
        _rows ??= ArrayPool<TRow>.Shared.Rent(FirstRows);
        if (Count == _rows.Length)
        {
            var larger = ArrayPool<TRow>.Shared.Rent(Count * 2);
            Rows.CopyTo(larger);
            Return(_rows);
            _rows = larger;
        }

        _rows[Count++] = row;
    }

    /// <summary>Gives the array back; of its rows nothing is kept alive.</summary>
    public void Return()
    {
        if (_rows is not null) Return(_rows);
        _rows = null;
        Count = 0;
    }

    private readonly void Return(TRow[] rows)
    {
        Array.Clear(rows, 0, Count);
        ArrayPool<TRow>.Shared.Return(rows);
    }
}
