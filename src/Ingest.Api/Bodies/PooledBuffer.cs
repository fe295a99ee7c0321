using System.Buffers;
using System.Numerics;

namespace Ingest.Api.Bodies;

/// <summary>
/// One contiguous array that doubles as it fills, reserved in the budget at its real size. Doubling keeps to the sizes the pool keeps, so steady
/// traffic allocates nothing on the large object heap. What is larger than traffic is, is not rented: the pool would keep of each size as many
/// as ever were in use at once, which together is many times the budget.
/// </summary>
internal sealed class PooledBuffer(BodyBudget budget) : IDisposable
{
    private const int Smallest = 16 * 1024;
    private const int LargestRented = 1024 * 1024;

    private byte[] _array = [];
    private long _beside;

    public int Length { get; private set; }

    public Memory<byte> Free => _array.AsMemory(Length);

    public ReadOnlyMemory<byte> Filled => _array.AsMemory(0, Length);

    /// <summary>The arrays held at once while the last doubling copies: what a budget must at least hold for a body of this size.</summary>
    public static long MostHeldFor(int size)
    {
        var last = (long)BitOperations.RoundUpToPowerOf2((uint)size);
        return last + last / 2;
    }

    public void Advance(int count) => Length += count;

    /// <summary>Makes room for at least one byte more.</summary>
    /// <returns>False when the budget has none left; what is held stays as it is.</returns>
    public bool TryGrow(int sizeHint)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(Math.Max(sizeHint, Smallest), _array.Length + 1));
        if (!budget.TryReserve(size))
            return false;

        var larger = size <= LargestRented ? ArrayPool<byte>.Shared.Rent(size) : GC.AllocateUninitializedArray<byte>(size);
        _array.AsSpan(0, Length).CopyTo(larger);
        Return();
        _array = larger;
        return true;
    }

    /// <summary>Reserves what was made of the content, until this is disposed.</summary>
    /// <returns>False when the budget has none left.</returns>
    public bool TryHoldBeside(long size)
    {
        if (size <= 0)
            return true;
        if (!budget.TryReserveBeside(size, held: _array.Length + _beside))
            return false;
        _beside += size;
        return true;
    }

    public void Dispose()
    {
        budget.Release(_beside);
        _beside = 0;
        Length = 0;
        Return();
        _array = [];
    }

    private void Return()
    {
        if (_array.Length == 0)
            return;
        if (_array.Length <= LargestRented)
            ArrayPool<byte>.Shared.Return(_array);
        budget.Release(_array.Length);
    }
}
