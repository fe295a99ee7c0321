using Ingest.Api.Pages.Frame;
using Ingest.Domain.Health;

namespace Ingest.Api.Pages.SyncHealth;

/// <summary>What there is to know of a device beside its state, in a few words each.</summary>
internal static class FleetNotes
{
    /// <summary>A few seconds are the time on the wire.</summary>
    private static readonly TimeSpan SkewToTell = TimeSpan.FromMinutes(1);

    public static IEnumerable<string> Of(FleetDevice device)
    {
        var status = device.Status;
        if (status.QuarantinedRows > 0) yield return Times.Counted(status.QuarantinedRows, "row") + " in quarantine";
        if (status.ClockSkew is { } skew && skew.Duration() >= SkewToTell) yield return SkewOf(skew);
        if (status.Rewinds.Pending is { } pending) yield return "sends again " + FromOf(pending.From);
        if (status.Rewinds.Requested is { } requested) yield return "will be asked again " + FromOf(requested.From);
        if (status.Gap is not null) yield return "lacks what a restore lost";
        if (device.Concerns.Any(concern => concern.Kind == ConcernKind.KeyEnded)) yield return "its key has ended";
        if (status.MergedInto is { } into) yield return $"merged into {into}";
    }

    public static string SkewOf(TimeSpan skew) => skew.Duration() < SkewToTell
        ? "right to the minute"
        : $"clock {Times.Span(skew)} {(skew > TimeSpan.Zero ? "ahead" : "behind")}";

    public static string FromOf(DateOnly day) => day == Domain.Envelopes.Day.Earliest ? "from the beginning" : $"from {Times.Day(day)}";
}
