using Ingest.Domain.Envelopes;
using Ingest.Domain.Ledger;
using Npgsql;

namespace Ingest.Persistence.Envelopes;

/// <summary>Sessions and windows as they are read, whoever reads them.</summary>
internal static class SummaryRows
{
    /// <summary>Of <c>session_summaries AS t</c>, as <see cref="ReadSession"/> takes them.</summary>
    public const string SessionFields = """
        t.session_id, t.provider, t.started_at, t.ended_at, t.duration_ms, t.repo_id, t.git_branch,
        t.ticket, t.ticket_source, t.surface, t.message_count, t.total_input_tokens, t.total_output_tokens, t.total_cost,
        t.primary_model, t.title, t.vital_context_drag_state, t.vital_context_drag_metric, t.vital_cache_efficiency_state,
        t.vital_cache_efficiency_metric, t.vital_thrashing_state, t.vital_thrashing_metric, t.vital_cost_acceleration_state,
        t.vital_cost_acceleration_metric, t.vital_overall_state, t.clock_epoch, t.sent_at
        """;

    /// <summary>Of <c>window_summaries AS t</c>, as <see cref="ReadWindow"/> takes them.</summary>
    public const string WindowFields = """
        t.provider, t.started_at, t.ended_at, t.duration_minutes, t.is_active, t.hit_rate_limit,
        t.message_count, t.input_tokens, t.output_tokens, t.cache_creation_tokens, t.cache_read_tokens, t.cost,
        t.burn_rate_cents_per_minute, t.surface, t.clock_epoch, t.sent_at
        """;

    /// <summary>How many columns <see cref="SessionFields"/> are.</summary>
    public const int SessionColumns = 27;

    /// <summary>How many columns <see cref="WindowFields"/> are.</summary>
    public const int WindowColumns = 16;

    /// <param name="row">A row of the reader.</param>
    /// <param name="first">The column of the session's id; the others are those behind it.</param>
    public static StoredSession ReadSession(NpgsqlDataReader row, int first) => new()
    {
        SessionId = row.GetString(first),
        Provider = row.GetString(first + 1),
        StartedAt = row.InstantAt(first + 2)!.Value,
        EndedAt = row.InstantAt(first + 3),
        DurationMs = row.IsDBNull(first + 4) ? null : row.GetInt64(first + 4),
        RepoId = row.TextAt(first + 5),
        GitBranch = row.TextAt(first + 6),
        Ticket = row.TextAt(first + 7),
        TicketSource = row.TextAt(first + 8),
        Surface = row.GetString(first + 9),
        MessageCount = row.GetInt64(first + 10),
        TotalInputTokens = row.GetInt64(first + 11),
        TotalOutputTokens = row.GetInt64(first + 12),
        TotalCost = row.GetInt64(first + 13),
        PrimaryModel = row.TextAt(first + 14),
        Title = row.TextAt(first + 15),
        ContextDragState = row.TextAt(first + 16),
        ContextDragMetric = row.MeasureAt(first + 17),
        CacheEfficiencyState = row.TextAt(first + 18),
        CacheEfficiencyMetric = row.MeasureAt(first + 19),
        ThrashingState = row.TextAt(first + 20),
        ThrashingMetric = row.MeasureAt(first + 21),
        CostAccelerationState = row.TextAt(first + 22),
        CostAccelerationMetric = row.MeasureAt(first + 23),
        OverallState = row.TextAt(first + 24),
        Order = row.OrderAt(first + 25),
    };

    /// <param name="row">A row of the reader.</param>
    /// <param name="first">The column of the provider; the others are those behind it.</param>
    public static StoredWindow ReadWindow(NpgsqlDataReader row, int first) => new(
        new WindowSummary
        {
            Key = new WindowKey(row.GetString(first), row.InstantAt(first + 1)!.Value),
            EndedAt = row.InstantAt(first + 2)!.Value,
            DurationMinutes = row.GetDouble(first + 3),
            IsActive = row.GetBoolean(first + 4),
            HitRateLimit = row.GetBoolean(first + 5),
            MessageCount = row.GetInt64(first + 6),
            InputTokens = row.GetInt64(first + 7),
            OutputTokens = row.GetInt64(first + 8),
            CacheCreationTokens = row.GetInt64(first + 9),
            CacheReadTokens = row.GetInt64(first + 10),
            Cost = row.GetInt64(first + 11),
            BurnRateCentsPerMinute = row.GetDouble(first + 12),
            Surface = row.GetString(first + 13),
        },
        row.OrderAt(first + 14));
}
