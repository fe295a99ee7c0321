namespace Ingest.Domain.Envelopes;

/// <summary>A count of messages, tokens or milliseconds: a JSON number without a fraction, zero or more.</summary>
public static class Count
{
    public static NumberProblem Parse(ReadOnlySpan<byte> number, long maximum, out long value) =>
        new DecimalText(number).Whole(maximum, out value);
}
