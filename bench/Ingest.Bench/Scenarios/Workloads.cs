using System.Net;
using Ingest.Bench.Load;

namespace Ingest.Bench.Scenarios;

/// <summary>What each scenario sends.</summary>
internal static class Workloads
{
    private static readonly ExpectedRows AllChanged = new(25, 0);

    /// <summary>Today's twenty rollups and five sessions, every number of them another one than before.</summary>
    public static EnvelopeWorkload Changed(Fleet fleet) => new(fleet, Today(fleet), changes: true, AllChanged);

    /// <summary>The same envelope again: only <c>synced_at</c> differs.</summary>
    public static EnvelopeWorkload Resend(Fleet fleet) => new(fleet, Today(fleet), changes: false, new ExpectedRows(0, 25));

    /// <summary>The two days of grace as they were; of today every row, and both sessions, have changed.</summary>
    public static EnvelopeWorkload Steady(Fleet fleet) => new(fleet, ThreeDays(fleet, changingRows: 20, changingSessions: 2), changes: true, new ExpectedRows(22, 40));

    /// <summary>
    /// As <see cref="Steady"/>, but of today only three rows and one session have changed: within one tick of five minutes a person works on one branch
    /// with one client.
    /// </summary>
    public static EnvelopeWorkload SteadyFew(Fleet fleet) => new(fleet, ThreeDays(fleet, changingRows: 3, changingSessions: 1), changes: true, new ExpectedRows(21, 41));

    /// <summary>One read of the device's status after four of its changed envelopes.</summary>
    public static MixedWorkload Mixed(Fleet fleet) => new(Changed(fleet), Status(fleet), writesPerRead: 4);

    public static ReadWorkload Status(Fleet fleet) => new(fleet, $"/v1/ingest/status?device_id={ReadWorkload.Device}");

    /// <summary>One day of a device, whatever else is stored: what differs between sizes is the size.</summary>
    public static ReadWorkload Manifest(Fleet fleet) => new(fleet, $"/v1/ingest/manifest?device_id={ReadWorkload.Device}&from={fleet.Today:yyyy-MM-dd}");

    /// <summary>One day of a workspace of a hundred devices.</summary>
    public static ReadWorkload Usage(Fleet fleet) => new(fleet, $"/v1/usage?from={fleet.Today:yyyy-MM-dd}");

    /// <summary>The last thirty days of a workspace: the answer grows with what is stored of them.</summary>
    public static ReadWorkload UsageMonth(Fleet fleet) => new(fleet, "/v1/usage");

    public static ReadWorkload WhoAmI(Fleet fleet) => new(fleet, "/v1/whoami");

    /// <summary>As <see cref="Changed"/>, from one device that is not of the fleet.</summary>
    public static AlternatingDevice Alternating(Stage stage, FleetDevice device, IReadOnlyList<IPEndPoint> servers) =>
        new(stage.Database, device, Today(stage.Fleet), AllChanged, servers);

    private static EnvelopeTemplate Today(Fleet fleet) => EnvelopeTemplate.Of([new TemplateDay(fleet.Today, 20)], sessions: 5, changingSessions: 5);

    private static EnvelopeTemplate ThreeDays(Fleet fleet, int changingRows, int changingSessions) => EnvelopeTemplate.Of(
        [new TemplateDay(fleet.Today.AddDays(-2), 0), new TemplateDay(fleet.Today.AddDays(-1), 0), new TemplateDay(fleet.Today, changingRows)], 2, changingSessions);
}
