using Ingest.Domain.Envelopes;
using Ingest.Domain.Ledger;
using Ingest.Domain.Validation;
using static Ingest.Persistence.Envelopes.Column;
using QuarantineRow = (Ingest.Persistence.Envelopes.EnvelopeWork Work, Ingest.Domain.Validation.RejectedRow Row);
using RewindRow = (Ingest.Persistence.Envelopes.EnvelopeWork Work, Ingest.Domain.Ledger.Rewind Rewind, Ingest.Domain.Ledger.EndedRewind? End);
using SessionRow = (Ingest.Persistence.Envelopes.EnvelopeWork Work, Ingest.Domain.Ledger.StoredSession Row);
using WindowRow = (Ingest.Persistence.Envelopes.EnvelopeWork Work, Ingest.Domain.Ledger.StoredWindow Row);

namespace Ingest.Persistence.Envelopes;

/// <summary>The tables an envelope is written to: each column once, with its type and its value.</summary>
internal static class EnvelopeTables
{
    public static readonly BulkUpsert<SessionRow> Sessions = new(
        "session_summaries",
        key:
        [
            Text<SessionRow>("workspace_id", row => row.Work.WorkspaceId),
            Text<SessionRow>("device_id", row => row.Work.DeviceId),
            Text<SessionRow>("session_id", row => row.Row.SessionId),
        ],
        values:
        [
            Text<SessionRow>("provider", row => row.Row.Provider),
            Instant<SessionRow>("started_at", row => row.Row.StartedAt),
            new ValueColumn<SessionRow, DateTime?>("ended_at", "timestamptz", row => row.Row.EndedAt?.UtcDateTime),
            new ValueColumn<SessionRow, long?>("duration_ms", "bigint", row => row.Row.DurationMs),
            Text<SessionRow>("repo_id", row => row.Row.RepoId),
            Text<SessionRow>("git_branch", row => row.Row.GitBranch),
            Text<SessionRow>("ticket", row => row.Row.Ticket),
            Text<SessionRow>("ticket_source", row => row.Row.TicketSource),
            Text<SessionRow>("surface", row => row.Row.Surface),
            Number<SessionRow>("message_count", row => row.Row.MessageCount),
            Number<SessionRow>("total_input_tokens", row => row.Row.TotalInputTokens),
            Number<SessionRow>("total_output_tokens", row => row.Row.TotalOutputTokens),
            Number<SessionRow>("total_cost", row => row.Row.TotalCost),
            Text<SessionRow>("primary_model", row => row.Row.PrimaryModel),
            Text<SessionRow>("title", row => row.Row.Title),
            Text<SessionRow>("vital_context_drag_state", row => row.Row.ContextDragState),
            Measure<SessionRow>("vital_context_drag_metric", row => row.Row.ContextDragMetric),
            Text<SessionRow>("vital_cache_efficiency_state", row => row.Row.CacheEfficiencyState),
            Measure<SessionRow>("vital_cache_efficiency_metric", row => row.Row.CacheEfficiencyMetric),
            Text<SessionRow>("vital_thrashing_state", row => row.Row.ThrashingState),
            Measure<SessionRow>("vital_thrashing_metric", row => row.Row.ThrashingMetric),
            Text<SessionRow>("vital_cost_acceleration_state", row => row.Row.CostAccelerationState),
            Measure<SessionRow>("vital_cost_acceleration_metric", row => row.Row.CostAccelerationMetric),
            Text<SessionRow>("vital_overall_state", row => row.Row.OverallState),
        ],
        silent: Provenance<SessionRow>(row => row.Work, row => row.Row.Order),
        standsThere: row => row.Work.Stored.Sessions.ContainsKey(row.Row.SessionId));

    public static readonly BulkUpsert<WindowRow> Windows = new(
        "window_summaries",
        key:
        [
            Text<WindowRow>("workspace_id", row => row.Work.WorkspaceId),
            Text<WindowRow>("device_id", row => row.Work.DeviceId),
            Text<WindowRow>("provider", row => row.Row.Summary.Key.Provider),
            Instant<WindowRow>("started_at", row => row.Row.Summary.Key.StartedAt),
        ],
        values:
        [
            Instant<WindowRow>("ended_at", row => row.Row.Summary.EndedAt),
            new ValueColumn<WindowRow, double>("duration_minutes", "double precision", row => row.Row.Summary.DurationMinutes),
            new ValueColumn<WindowRow, bool>("is_active", "boolean", row => row.Row.Summary.IsActive),
            new ValueColumn<WindowRow, bool>("hit_rate_limit", "boolean", row => row.Row.Summary.HitRateLimit),
            Number<WindowRow>("message_count", row => row.Row.Summary.MessageCount),
            Number<WindowRow>("input_tokens", row => row.Row.Summary.InputTokens),
            Number<WindowRow>("output_tokens", row => row.Row.Summary.OutputTokens),
            Number<WindowRow>("cache_creation_tokens", row => row.Row.Summary.CacheCreationTokens),
            Number<WindowRow>("cache_read_tokens", row => row.Row.Summary.CacheReadTokens),
            Number<WindowRow>("cost", row => row.Row.Summary.Cost),
            new ValueColumn<WindowRow, double>("burn_rate_cents_per_minute", "double precision", row => row.Row.Summary.BurnRateCentsPerMinute),
            Text<WindowRow>("surface", row => row.Row.Summary.Surface),
        ],
        silent: Provenance<WindowRow>(row => row.Work, row => row.Row.Order),
        standsThere: row => row.Work.Stored.Windows.ContainsKey(row.Row.Summary.Key));

    public static readonly BulkUpsert<QuarantineRow> Quarantine = new(
        "quarantined_rows",
        key:
        [
            Text<QuarantineRow>("workspace_id", row => row.Work.WorkspaceId),
            Text<QuarantineRow>("device_id", row => row.Work.DeviceId),
            new ValueColumn<QuarantineRow, Guid>("id", "uuid", row => row.Row.QuarantineId),
        ],
        values:
        [
            Text<QuarantineRow>("kind", row => row.Row.Kind.WireName()),
            new ValueColumn<QuarantineRow, DateOnly?>("bucket_day", "date", row => row.Row.BucketDay),
            Text<QuarantineRow>("path", row => row.Row.Issues[0].Path),
            Text<QuarantineRow>("code", row => row.Row.Issues[0].Code),
            Text<QuarantineRow>("message", row => row.Row.Issues[0].Message),
            new ValueColumn<QuarantineRow, byte[]>("raw", "bytea", row => row.Row.Raw.ToArray()),
            new ValueColumn<QuarantineRow, short>("schema_version", "smallint", row => (short)row.Work.Received.Envelope.SchemaVersion),
            new ValueColumn<QuarantineRow, int>("clock_epoch", "integer", row => row.Work.Plan!.Order.ClockEpoch),
            Instant<QuarantineRow>("sent_at", row => row.Work.Plan!.Order.SentAt),
            new ValueColumn<QuarantineRow, int>("rules_version", "integer", _ => RowRules.Version),
        ],
        silent:
        [
            new ValueColumn<QuarantineRow, Guid>("attempt_id", "uuid", row => row.Work.Received.AttemptId),
            Instant<QuarantineRow>("received_at", row => row.Work.Received.ReceivedAt),
        ]);

    /// <summary>Rewinds as they begin, move further back, and end.</summary>
    public static readonly BulkUpsert<RewindRow> Rewinds = new(
        "device_rewinds",
        key:
        [
            Text<RewindRow>("workspace_id", row => row.Work.WorkspaceId),
            Text<RewindRow>("device_id", row => row.Work.DeviceId),
            Instant<RewindRow>("since", row => row.Rewind.Since),
        ],
        values:
        [
            new ValueColumn<RewindRow, DateOnly>("from_day", "date", row => row.Rewind.From),
            Text<RewindRow>("reason", row => row.Rewind.Reason.WireName()),
            new ValueColumn<RewindRow, bool>("verifies", "boolean", row => row.Rewind.Verifies),
            InstantOrNull<RewindRow>("ended_at", row => row.End?.At),
            Text<RewindRow>("outcome", row => row.End is { } end ? (end.WasObeyed ? "obeyed" : "unheeded") : null),
        ]);

    private static Column<TRow>[] Provenance<TRow>(Func<TRow, EnvelopeWork> workOf, Func<TRow, EnvelopeOrder> orderOf) =>
    [
        new ValueColumn<TRow, int>("clock_epoch", "integer", row => orderOf(row).ClockEpoch),
        Instant<TRow>("sent_at", row => orderOf(row).SentAt),
        new ValueColumn<TRow, Guid>("attempt_id", "uuid", row => workOf(row).Received.AttemptId),
    ];
}
