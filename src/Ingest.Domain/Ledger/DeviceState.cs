using Ingest.Domain.Identity;

namespace Ingest.Domain.Ledger;

/// <summary>The device row as the planner needs it.</summary>
public sealed record DeviceState
{
    public static DeviceState Unknown { get; } = new();

    /// <summary>False at first contact.</summary>
    public bool IsRegistered { get; init; }

    /// <summary>Whether its envelopes are taken.</summary>
    public DeviceStanding Standing { get; init; }

    /// <summary>Why not, in the words of who decided it.</summary>
    public string? StandingReason { get; init; }

    public string? Label { get; init; }

    public int ClockEpoch { get; init; }

    /// <summary>Names what is stored of the device: while it is the same, so is everything under the device.</summary>
    public Guid Revision { get; init; }

    /// <summary>Live rollups.</summary>
    public long RollupRows { get; init; }

    public long SessionRows { get; init; }

    public long WindowRows { get; init; }

    public long QuarantinedRows { get; init; }

    public DeviceProgress Progress { get; init; } = DeviceProgress.None;
}
