namespace Ingest.Domain.Merging;

/// <summary>Two devices.</summary>
public readonly record struct DevicePair(string DeviceId, string OtherDeviceId)
{
    /// <summary>The same two, whichever was named first: the lesser id comes first.</summary>
    public DevicePair Sorted() => string.CompareOrdinal(DeviceId, OtherDeviceId) < 0 ? this : new DevicePair(OtherDeviceId, DeviceId);
}
