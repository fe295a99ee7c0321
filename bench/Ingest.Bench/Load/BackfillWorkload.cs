namespace Ingest.Bench.Load;

/// <summary>
/// Histories of devices that the server does not know yet: each connection is a daemon at its first contact, which sends its history from the oldest day
/// on, chunk after chunk, as fast as it is answered.
/// </summary>
internal sealed class BackfillWorkload(Fleet fleet, int firstDevice) : Workload
{
    /// <summary>Days of a chunk: a daemon closes one at 500 records.</summary>
    private const int Days = 25;

    /// <summary>27 years, which no run gets to the end of.</summary>
    private const int Chunks = 400;

    private static readonly ExpectedRows Expected = new(Days * RollupTexts.OfDay.Count, 0);

    private readonly EnvelopeTemplate _template =
        EnvelopeTemplate.Of([.. Enumerable.Range(0, Days).Select(_ => new TemplateDay(fleet.Today, 0))], sessions: 0, changingSessions: 0);

    private Daemon[] _daemons = [];

    public override void Begin(int connections)
    {
        if (_daemons.Length == connections) return;
        _daemons = [.. Enumerable.Range(0, connections).Select(connection => new Daemon(NewDevice(firstDevice + connection), new EnvelopeRequest(_template)))];
    }

    public override int OnceAround(int connection) => 1;

    public override LoadRequest Next(int connection)
    {
        var daemon = _daemons[connection];
        if (daemon.Chunk == Chunks) throw new BenchException("A backfill came to the end of its history: run it for a shorter time.");
        var first = fleet.Today.AddDays(-Days * (Chunks - daemon.Chunk));
        daemon.Chunk++;
        daemon.Request.Address(daemon.Device);
        daemon.Request.WriteDays(first, RollupTexts.OfDay.Count);
        return new LoadRequest(daemon.Request.Bytes, Expected);
    }

    private FleetDevice NewDevice(int number) => new(number, number % fleet.Workspaces, Fleet.NewDeviceIdEnd);

    private sealed class Daemon(FleetDevice device, EnvelopeRequest request)
    {
        public FleetDevice Device => device;

        public EnvelopeRequest Request => request;

        public int Chunk { get; set; }
    }
}
