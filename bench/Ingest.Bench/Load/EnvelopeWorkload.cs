namespace Ingest.Bench.Load;

/// <summary>Envelopes of the fleet, each connection going around in its own share of the devices.</summary>
internal sealed class EnvelopeWorkload(Fleet fleet, EnvelopeTemplate template, bool changes, (int Changed, int Unchanged) expected) : Workload
{
    private Lane[] _lanes = [];

    public override (int Changed, int Unchanged)? Expected => expected;

    public override void Begin(int connections)
    {
        if (_lanes.Length == connections) return;
        _lanes = [.. Enumerable.Range(0, connections).Select(connection => new Lane(fleet.ShareOf(connection, connections), new EnvelopeRequest(template)))];
    }

    public override int RoundOf(int connection) => _lanes[connection].Count;

    public override ReadOnlyMemory<byte> Next(int connection)
    {
        var lane = _lanes[connection];
        var device = lane.Next();
        if (changes) device.Sequence++;
        lane.Request.Address(device);
        lane.Request.WriteValues(device);
        return lane.Request.Bytes;
    }

    private sealed class Lane(FleetDevice[] devices, EnvelopeRequest request)
    {
        private int _next;

        public int Count => devices.Length;

        public EnvelopeRequest Request => request;

        public FleetDevice Next()
        {
            var device = devices[_next];
            _next = _next + 1 == devices.Length ? 0 : _next + 1;
            return device;
        }
    }
}
