using Ingest.Domain.Ledger;

namespace Ingest.Domain.Devices;

/// <summary>All that is stored of a device.</summary>
/// <param name="Tables">Rows by table.</param>
/// <param name="FirstDay">The earliest day of its usage.</param>
/// <param name="LastDay">The latest.</param>
/// <param name="Sums">What it used.</param>
public sealed record DeviceContents(IReadOnlyDictionary<string, long> Tables, DateOnly? FirstDay, DateOnly? LastDay, DayTotals Sums)
{
    public long Rows => Tables.Values.Sum();
}
