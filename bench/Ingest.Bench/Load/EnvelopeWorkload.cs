namespace Ingest.Bench.Load;

/// <summary>Envelopes of the fleet.</summary>
/// <param name="changes">Whether the values differ from those sent before, or only <c>synced_at</c> does.</param>
internal sealed class EnvelopeWorkload(Fleet fleet, EnvelopeTemplate template, bool changes, ExpectedRows expected) : Workload
{
    private DeviceShare[] _shares = [];
    private EnvelopeRequest[] _requests = [];

    public override void Begin(int connections)
    {
        if (_shares.Length == connections) return;
        _shares = DeviceShare.Of(fleet, connections);
        _requests = [.. _shares.Select(_ => new EnvelopeRequest(template))];
    }

    public override int OnceAround(int connection) => _shares[connection].Count;

    public override LoadRequest Next(int connection)
    {
        var device = _shares[connection].Next();
        if (changes) device.Sequence++;
        var request = _requests[connection];
        request.Address(device);
        request.WriteValues(device);
        return new LoadRequest(request.Bytes, expected);
    }
}
