namespace Ingest.Domain.Ledger;

/// <summary>The device row as the planner needs it.</summary>
/// <param name="IsRegistered">False at first contact.</param>
public sealed record DeviceState(bool IsRegistered, string? Label, int ClockEpoch, DateOnly? ConfirmedDay, long QuarantinedRows)
{
    public static DeviceState Unknown { get; } = new(false, null, 0, null, 0);
}
