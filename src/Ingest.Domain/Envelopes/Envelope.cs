using Ingest.Domain.Ledger;
using Ingest.Domain.Validation;

namespace Ingest.Domain.Envelopes;

/// <summary>A body that passed: normalised, equal keys collapsed (last wins), rows grouped by day and sorted by key.</summary>
public sealed record Envelope
{
    public required int SchemaVersion { get; init; }

    public required string DeviceId { get; init; }

    public required string WorkspaceId { get; init; }

    /// <summary>Absent leaves the stored label, null clears it.</summary>
    public required Sent<string> Label { get; init; }

    /// <summary>The device's own clock at send; it orders the envelopes of the device and nothing else.</summary>
    public required DateTimeOffset? SyncedAt { get; init; }

    public required IReadOnlyList<DaySnapshot> Days { get; init; }

    public required IReadOnlyList<SessionSummary> Sessions { get; init; }

    public required IReadOnlyList<WindowSummary> Windows { get; init; }

    public required IReadOnlyList<RejectedRow> Rejected { get; init; }

    /// <summary>The earliest valid day, by the same rule as <see cref="LatestDay"/>.</summary>
    public required DateOnly? EarliestDay { get; init; }

    /// <summary>The latest valid day among all rollups, rejected ones included: they are kept too, and the watermark does not wait for them.</summary>
    public required DateOnly? LatestDay { get; init; }

    /// <summary>Of all usable rows: equal ones say the same.</summary>
    public required UInt128 PayloadHash { get; init; }

    public int RollupCount => Days.Sum(day => day.Rows.Length);

    /// <summary>The names that the usable rows would have in quarantine: a bad row of the same key that waits there is settled by them.</summary>
    public IEnumerable<Guid> UsableRowNames()
    {
        foreach (var day in Days)
        {
            for (var i = 0; i < day.Rows.Length; i++) yield return QuarantineId.Of(day.Rows.Span[i].Key);
        }

        foreach (var session in Sessions) yield return QuarantineId.OfSession(session.SessionId);
        foreach (var window in Windows) yield return QuarantineId.Of(window.Key);
    }

    public int UsableRows => RollupCount + Sessions.Count + Windows.Count;
}
