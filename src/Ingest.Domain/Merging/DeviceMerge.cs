namespace Ingest.Domain.Merging;

/// <summary>That two ids are one device, as somebody decided.</summary>
/// <param name="DeviceId">The former id.</param>
/// <param name="IntoDeviceId">The id it has now, which may have been merged into another one itself.</param>
/// <param name="Kind">What becomes of the former id.</param>
public sealed record DeviceMerge(string DeviceId, string IntoDeviceId, MergeKind Kind);
