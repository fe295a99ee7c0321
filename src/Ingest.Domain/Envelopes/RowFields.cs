using System.Collections.Frozen;

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

    /// <summary>Room for the longest name there is, with every character of it escaped.</summary>
    public const int LongestEscapedName = 256;

    private readonly byte[][] _names;
    private readonly byte[][] _quoted;
    private readonly string[] _texts;

    /// <summary>One bit a field that rows are told apart by.</summary>
    private readonly uint _key;

    private RowFields(uint key, params string[] names)
    {
        _key = key;
        _texts = names;
        _names = Array.ConvertAll(names, System.Text.Encoding.ASCII.GetBytes);
        _quoted = Array.ConvertAll(names, name => System.Text.Encoding.ASCII.GetBytes($"\"{name}\""));
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

    /// <summary>Steps onto the next name: false at the end of the object.</summary>
    /// <param name="next">Where the names go on behind the last one found.</param>
    /// <param name="field">The place of the name, or −1 for one the contract does not know.</param>
    public bool ReadName(ref JsonTokens json, ref int next, out int field)
    {
        field = -1;
        if (!json.ReadName(_quoted[next], out var isLikely)) return false;
        field = isLikely ? next : Find(in json, next);
        if (field >= 0) next = Behind(field);
        return true;
    }

    private int Find(in JsonTokens json, int next)
    {
        var name = json.UnescapedText(stackalloc byte[LongestEscapedName]);
        for (var tried = 0; tried < _names.Length; tried++)
        {
            if (name.SequenceEqual(_names[next])) return next;
            next = Behind(next);
        }

        return -1;
    }

    private int Behind(int field) => field + 1 == _names.Length ? 0 : field + 1;
}
