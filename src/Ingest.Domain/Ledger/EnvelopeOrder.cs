namespace Ingest.Domain.Ledger;

/// <summary>
/// Where an envelope stands among those of its device: by the device's own stamp, within one run of the device's clock.
/// Arrival order says nothing; a request that outlived its client may come after the retry (C§5 E).
/// </summary>
public readonly record struct EnvelopeOrder(int ClockEpoch, DateTimeOffset SentAt) : IComparable<EnvelopeOrder>
{
    public int CompareTo(EnvelopeOrder other)
    {
        var order = ClockEpoch.CompareTo(other.ClockEpoch);
        return order != 0 ? order : SentAt.CompareTo(other.SentAt);
    }

    public static bool operator <(EnvelopeOrder left, EnvelopeOrder right) => left.CompareTo(right) < 0;

    public static bool operator >(EnvelopeOrder left, EnvelopeOrder right) => left.CompareTo(right) > 0;

    public static bool operator <=(EnvelopeOrder left, EnvelopeOrder right) => left.CompareTo(right) <= 0;

    public static bool operator >=(EnvelopeOrder left, EnvelopeOrder right) => left.CompareTo(right) >= 0;
}
