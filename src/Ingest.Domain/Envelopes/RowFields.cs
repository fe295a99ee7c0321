using System.Collections.Frozen;
using System.Text.Json;

namespace Ingest.Domain.Envelopes;

/// <summary>
/// The field names of one kind of row, in the order daemons send them: reading starts at the name behind the last one found,
/// so that a row in the usual order costs one comparison a field.
/// </summary>
internal sealed class RowFields
{
    /// <summary>The fields whose values are texts, in whichever kind of row they stand.</summary>
    private static readonly FrozenSet<string> Texts = new[]
    {
        "bucket_day", "role", "provider", "model", "repo_id", "git_branch", "surface", "ticket", "ticket_source", "session_id", "started_at", "ended_at",
        "primary_model", "title", "vital_context_drag_state", "vital_cache_efficiency_state", "vital_thrashing_state", "vital_cost_acceleration_state",
        "vital_overall_state",
    }.ToFrozenSet(StringComparer.Ordinal);

    private readonly byte[][] _names;
    private readonly string[] _texts;

    /// <summary>One bit a field that rows are told apart by.</summary>
    private readonly uint _key;

    private RowFields(uint key, params string[] names)
    {
        _key = key;
        _texts = names;
        _names = Array.ConvertAll(names, System.Text.Encoding.ASCII.GetBytes);
    }

    public static RowFields Rollup { get; } = new(
        0b111_1111,
        "bucket_day", "role", "provider", "model", "repo_id", "git_branch", "surface", "ticket", "ticket_source", "message_count",
        "input_tokens", "output_tokens", "cache_creation_tokens", "cache_read_tokens", "cost_cents", "cost_cents_effective", "cost_cents_ingested");

    public static RowFields Session { get; } = new(
        0b1,
        "session_id", "provider", "started_at", "ended_at", "duration_ms", "repo_id", "git_branch", "surface", "ticket", "ticket_source",
        "message_count", "total_input_tokens", "total_output_tokens", "total_cost_cents", "primary_model", "title",
        "vital_context_drag_state", "vital_context_drag_metric", "vital_cache_efficiency_state", "vital_cache_efficiency_metric",
        "vital_thrashing_state", "vital_thrashing_metric", "vital_cost_acceleration_state", "vital_cost_acceleration_metric", "vital_overall_state");

    public static RowFields Window { get; } = new(
        0b1_0000_0000_0001,
        "started_at", "ended_at", "duration_minutes", "is_active", "message_count", "input_tokens", "output_tokens", "cache_creation_tokens",
        "cache_read_tokens", "cost_cents", "burn_rate_cents_per_minute", "hit_rate_limit", "provider", "surface");

    public static RowFields Envelope { get; } = new(0, "schema_version", "device_id", "workspace_id", "org_id", "label", "synced_at", "payload");

    public static RowFields Payload { get; } = new(0, "daily_rollups", "session_summaries", "window_summaries");

    public int Count => _names.Length;

    public static RowFields Of(RowKind kind) => kind switch
    {
        RowKind.DailyRollup => Rollup,
        RowKind.SessionSummary => Session,
        _ => Window,
    };

    public bool IsOfKey(int field) => field >= 0 && (_key & (1u << field)) != 0;

    public string this[int field] => _texts[field];

    public ReadOnlySpan<byte> Utf8(int field) => _names[field];

    public bool HoldsText(int field) => Texts.Contains(_texts[field]);

    /// <summary>The place of the property name the reader stands on, or −1 for one the contract does not know.</summary>
    public int Find(ref Utf8JsonReader json, ref int next)
    {
        // A name with half a surrogate pair is no name of ours, and comparing it would throw.
        if (json.ValueIsEscaped && !EnvelopeReader.EscapesArePaired(json.ValueSpan)) return -1;
        for (var tried = 0; tried < _names.Length; tried++)
        {
            var field = next;
            next = field + 1 == _names.Length ? 0 : field + 1;
            if (json.ValueTextEquals(_names[field])) return field;
        }

        return -1;
    }
}
