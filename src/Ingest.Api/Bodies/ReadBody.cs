namespace Ingest.Api.Bodies;

/// <summary>A whole request body, decompressed, in pooled memory: do not touch it after disposing.</summary>
internal sealed class ReadBody : IDisposable
{
    private PooledBuffer? _buffer;

    internal ReadBody(PooledBuffer buffer, ReadOnlyMemory<byte> content, long bytesOnWire)
    {
        _buffer = buffer;
        Content = content;
        BytesOnWire = bytesOnWire;
    }

    public ReadOnlyMemory<byte> Content { get; private set; }

    /// <summary>What came over the wire, before decompression.</summary>
    public long BytesOnWire { get; }

    /// <summary>Reserves what was read from it, for as long as it is held.</summary>
    /// <returns>False when too much is in hand already.</returns>
    public bool TryHold(long size) => _buffer!.TryHoldBeside(size);

    public void Dispose()
    {
        Content = default;
        Interlocked.Exchange(ref _buffer, null)?.Dispose();
    }
}
