using Ingest.Domain.Devices;

namespace Ingest.Api.Devices;

/// <summary>The device that something came from.</summary>
/// <param name="DeviceId">The id it stands under; of a device with several ids, the one that it was sent under last.</param>
/// <param name="Name">What people call it; null: nothing but what it calls itself.</param>
/// <param name="Label">What it calls itself, if it does.</param>
/// <param name="Owner">Whose it is.</param>
internal sealed record SendingDeviceAnswer(string DeviceId, string? Name, string? Label, DeviceOwnerAnswer Owner)
{
    public static SendingDeviceAnswer Of(SendingDevice device) =>
        new(device.DeviceId, device.Name, device.Label, new DeviceOwnerAnswer(device.OwnerUserId, device.OwnerName));
}
