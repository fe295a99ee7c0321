using Ingest.Simulator.Daemon;
using Ingest.Simulator.Faults;
using Ingest.Simulator.Fleet;
using Ingest.Simulator.Servers;

namespace Ingest.Simulator.Wire;

/// <summary>The way from one device to its server, with the device's faults on it.</summary>
internal sealed class DeviceWire(HttpWire http, IServer server, IReadOnlyList<Fault> faults) : ISyncWire
{
    private readonly List<(DateTimeOffset Due, IServer Server, byte[] Envelope)> _heldUp = [];
    private Moment _moment;
    private int _chunk;

    /// <summary>Where the device is pointed at.</summary>
    public IServer Server { get; set; } = server;

    /// <summary>Begins a step, and delivers what was held up until now.</summary>
    public async Task BeginAsync(Moment moment, CancellationToken cancellation)
    {
        _moment = moment;
        _chunk = 0;
        foreach (var late in _heldUp.Where(late => late.Due <= moment.Now || !moment.IsNoisy).ToList())
        {
            _heldUp.Remove(late);
            await http.PostAsync(late.Server, late.Envelope, cancellation);
        }
    }

    public async Task<SyncAnswer> PostAsync(byte[] envelope, CancellationToken cancellation)
    {
        var fate = NextFate();
        switch (fate.Kind)
        {
            case FateKind.NeverArrives:
                return SyncAnswer.NoAnswer;
            case FateKind.AnswerLost:
                await http.PostAsync(Server, envelope, cancellation);
                return SyncAnswer.NoAnswer;
            case FateKind.HeldUp:
                _heldUp.Add((_moment.Now + fate.Delay, Server, envelope));
                return SyncAnswer.NoAnswer;
            case FateKind.DeliveredTwice:
                var answer = await http.PostAsync(Server, envelope, cancellation);
                await http.PostAsync(Server, envelope, cancellation);
                return answer;
            default:
                return await http.PostAsync(Server, envelope, cancellation);
        }
    }

    private Fate NextFate()
    {
        var chunk = _chunk++;
        if (!_moment.IsNoisy) return Fate.Delivered;

        // Every fault throws its dice, or one would change what another does.
        var first = Fate.Delivered;
        foreach (var fault in faults)
        {
            var fate = fault.FateOf(_moment, chunk);
            if (first == Fate.Delivered) first = fate;
        }

        return first;
    }
}
