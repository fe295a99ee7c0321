namespace Ingest.Domain.Ledger;

/// <summary>The device row as the planner needs it.</summary>
/// <param name="IsRegistered">False at first contact.</param>
/// <param name="RollupRows">Live rollups.</param>
public sealed record DeviceState(
    bool IsRegistered, string? Label, int ClockEpoch, long RollupRows, long QuarantinedRows, DeviceProgress Progress)
{
    public static DeviceState Unknown { get; } = new(false, null, 0, 0, 0, DeviceProgress.None);
}
