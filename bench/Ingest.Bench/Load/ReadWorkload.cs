using System.Text;

namespace Ingest.Bench.Load;

/// <summary>One address, read by the fleet. Addresses hold a device's id or nothing of it, so their length is always the same.</summary>
internal sealed class ReadWorkload(Fleet fleet, string address) : Workload
{
    /// <summary>Stands in an address for the device's id.</summary>
    public const string Device = "{device}";

    private DeviceShare[] _shares = [];
    private byte[][] _requests = [];
    private int _deviceAt;
    private int _keyAt;

    public override void Begin(int connections)
    {
        if (_shares.Length == connections) return;
        var device = fleet.Devices[0];
        var text = $"GET {address.Replace(Device, device.DeviceId, StringComparison.Ordinal)} HTTP/1.1\r\nHost: ingest.bench\r\nAuthorization: Bearer {device.Key}\r\n"
            + "User-Agent: ureq/2.12.1\r\nAccept: */*\r\n\r\n";
        _deviceAt = text.IndexOf(device.DeviceId, StringComparison.Ordinal);
        _keyAt = text.IndexOf(device.Key, StringComparison.Ordinal);
        _shares = DeviceShare.Of(fleet, connections);
        _requests = [.. _shares.Select(_ => Encoding.ASCII.GetBytes(text))];
    }

    public override int OnceAround(int connection) => _shares[connection].Count;

    public override LoadRequest Next(int connection)
    {
        var device = _shares[connection].Next();
        var request = _requests[connection];
        if (_deviceAt >= 0) Encoding.ASCII.GetBytes(device.DeviceId, request.AsSpan(_deviceAt));
        Encoding.ASCII.GetBytes(device.Key, request.AsSpan(_keyAt));
        return new LoadRequest(request, null);
    }
}
