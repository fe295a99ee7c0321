namespace Ingest.Bench.Load;

/// <summary>One device of the fleet, and how often its values have changed.</summary>
internal sealed class FleetDevice(int number, int workspace, string idEnd)
{
    /// <summary>A multiplication by it permutes the 32-bit numbers, so that neighbours in the fleet are none in an index; SQL computes the same.</summary>
    public const uint Scatter = 2654435761;

    public int Number => number;

    public string WorkspaceId { get; } = Fleet.WorkspaceIdOf(workspace);

    public string Key { get; } = Fleet.KeyOf(workspace);

    public string DeviceId { get; } = $"{unchecked((uint)number * Scatter):x8}{idEnd}";

    /// <summary>Every value that an envelope of the device carries follows from it.</summary>
    public long Sequence { get; set; }
}
