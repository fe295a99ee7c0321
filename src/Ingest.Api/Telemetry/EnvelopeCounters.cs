using System.Diagnostics.Metrics;
using Ingest.Api.Envelopes;
using Ingest.Domain.Health;

namespace Ingest.Api.Telemetry;

/// <summary>Counts envelopes and their rows by what became of them. Costs a comparison where nobody listens, and no memory where somebody does.</summary>
internal sealed class EnvelopeCounters
{
    private static readonly KeyValuePair<string, object?> ChangedEnvelope = new("outcome", "changed");
    private static readonly KeyValuePair<string, object?> UnchangedEnvelope = new("outcome", "unchanged");
    private static readonly KeyValuePair<string, object?> RefusedEnvelope = new("outcome", "refused");

    private static readonly KeyValuePair<string, object?> Changed = new("fate", "changed");
    private static readonly KeyValuePair<string, object?> Unchanged = new("fate", "unchanged");
    private static readonly KeyValuePair<string, object?> Superseded = new("fate", "superseded");
    private static readonly KeyValuePair<string, object?> Quarantined = new("fate", "quarantined");

    private readonly Counter<long> _envelopes;
    private readonly Counter<long> _rows;

    public EnvelopeCounters(IMeterFactory meters, EnvelopeAdmission admission)
    {
        var meter = meters.Create(IngestMeter.Name);
        _envelopes = meter.CreateCounter<long>("ingest.envelopes", "{envelope}", "Envelopes that got past authentication, by what became of them: changed, unchanged, refused.");
        _rows = meter.CreateCounter<long>("ingest.rows", "{row}", "Rows of envelopes that were not refused: changed, unchanged, superseded by newer ones, quarantined.");
        meter.CreateObservableUpDownCounter("ingest.envelopes.in_flight", () => admission.Inside, "{envelope}", "Envelopes between their first byte and their answer; Limits:EnvelopesInFlight bounds them.");
    }

    public void Count(SyncAttempt attempt)
    {
        if (attempt.Code is not null)
        {
            _envelopes.Add(1, RefusedEnvelope);
            return;
        }

        var counts = attempt.Counts;
        _envelopes.Add(1, counts.Changed > 0 ? ChangedEnvelope : UnchangedEnvelope);
        if (counts.Changed > 0) _rows.Add(counts.Changed, Changed);
        if (counts.Unchanged > 0) _rows.Add(counts.Unchanged, Unchanged);
        if (counts.Superseded > 0) _rows.Add(counts.Superseded, Superseded);
        if (counts.Rejected > 0) _rows.Add(counts.Rejected, Quarantined);
    }
}
