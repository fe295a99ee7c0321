namespace Ingest.Bench.Load;

/// <summary>A run of digits in a body that is written over before each send; it is as wide as it is, so no byte after it moves.</summary>
internal readonly record struct Slot(int Offset, int Width)
{
    /// <summary>Writes a number that differs from the one written for the sequence before, and never begins with a zero.</summary>
    public void Write(Span<byte> body, long sequence, int salt)
    {
        var least = Least(Width);
        // 7 and the nine parts of ten that the range spans have no divisor in common, so two in a row never agree.
        var value = least + (((sequence * 7) + (salt * 31L)) % (9 * least));
        for (var at = Offset + Width - 1; at >= Offset; at--)
        {
            body[at] = (byte)('0' + (value % 10));
            value /= 10;
        }
    }

    private static long Least(int width)
    {
        var least = 1L;
        for (var digit = 1; digit < width; digit++) least *= 10;
        return least;
    }
}
