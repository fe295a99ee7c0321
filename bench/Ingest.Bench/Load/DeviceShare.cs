namespace Ingest.Bench.Load;

/// <summary>The devices of one connection, taken in turn. No other connection has them, so no device ever has two requests in flight.</summary>
internal sealed class DeviceShare(Fleet fleet, int connection, int connections)
{
    private readonly FleetDevice[] _devices = [.. fleet.Devices.Where(device => device.Number % connections == connection)];
    private int _next;

    public int Count => _devices.Length;

    public FleetDevice Next()
    {
        var device = _devices[_next];
        _next = _next + 1 == _devices.Length ? 0 : _next + 1;
        return device;
    }

    public static DeviceShare[] Of(Fleet fleet, int connections) =>
        [.. Enumerable.Range(0, connections).Select(connection => new DeviceShare(fleet, connection, connections))];
}
