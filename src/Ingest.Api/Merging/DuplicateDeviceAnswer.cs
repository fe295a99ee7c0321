using Ingest.Domain.Merging;

namespace Ingest.Api.Merging;

/// <summary>One of two devices that may be one.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="Label">What it calls itself, if it sent that.</param>
/// <param name="Name">What people of the workspace call it.</param>
/// <param name="OwnerUserId">Whose it is.</param>
/// <param name="OwnerName">What people call them.</param>
/// <param name="FirstContactAt">When it was first met.</param>
/// <param name="LastContactAt">When it last came.</param>
internal sealed record DuplicateDeviceAnswer(
    string DeviceId, string? Label, string? Name, Guid OwnerUserId, string OwnerName, DateTimeOffset FirstContactAt, DateTimeOffset LastContactAt)
{
    public static DuplicateDeviceAnswer Of(DuplicateDevice device) =>
        new(device.DeviceId, device.Label, device.Name, device.OwnerUserId, device.OwnerName, device.FirstContactAt, device.LastContactAt);
}
