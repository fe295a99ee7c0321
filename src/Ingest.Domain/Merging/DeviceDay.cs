using Ingest.Domain.Ledger;

namespace Ingest.Domain.Merging;

/// <summary>What the ledger holds of a device-day, as far as adding up goes.</summary>
/// <param name="DeviceId">Under which id it stands.</param>
/// <param name="Day">The UTC day.</param>
/// <param name="ReceivedAt">When the device's snapshot of it came.</param>
/// <param name="IsExpired">Whether it was removed by age: then it counts nothing.</param>
/// <param name="Totals">Of its live rows.</param>
public readonly record struct DeviceDay(string DeviceId, DateOnly Day, DateTimeOffset ReceivedAt, bool IsExpired, DayTotals Totals)
{
    /// <summary>What of it counts, where it counts at all.</summary>
    public DayTotals Counted => IsExpired ? default : Totals;
}
