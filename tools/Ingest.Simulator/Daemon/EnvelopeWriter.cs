using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ingest.Simulator.Daemon;

/// <summary>Envelopes byte for byte as daemon 8.5.3 writes them: two blanks of indentation, its order of fields, absent instead of null (C§1).</summary>
internal static class EnvelopeWriter
{
    private static readonly JsonWriterOptions Pretty = new()
    {
        Indented = true, IndentSize = 2, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static byte[] Write(DaemonConfig config, DateTimeOffset syncedAt, Chunk chunk)
    {
        var buffer = new ArrayBufferWriter<byte>(1024 + ((chunk.Rollups.Count + chunk.Sessions.Count) * 700));
        using (var json = new Utf8JsonWriter(buffer, Pretty))
        {
            json.WriteStartObject();
            json.WriteNumber("schema_version", 2);
            json.WriteString("device_id", config.DeviceId);
            json.WriteString("workspace_id", config.WorkspaceId);
            json.WriteString("label", config.Label);
            json.WriteString("synced_at", ClientInstant.ToText(syncedAt));
            json.WriteStartObject("payload");
            json.WriteStartArray("daily_rollups");
            foreach (var row in chunk.Rollups) Write(json, row);
            json.WriteEndArray();
            json.WriteStartArray("session_summaries");
            foreach (var session in chunk.Sessions) Write(json, session);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, LocalRow row)
    {
        var (day, key, rollup) = row;
        json.WriteStartObject();
        json.WriteString("bucket_day", day);
        json.WriteString("role", key.Role);
        json.WriteString("provider", key.Provider);
        json.WriteString("model", key.Model);
        json.WriteString("repo_id", key.RepoId);
        json.WriteString("git_branch", key.GitBranch);
        json.WriteString("surface", key.Surface);
        Write(json, Ticket.Of(key.GitBranch));
        json.WriteNumber("message_count", rollup.MessageCount);
        json.WriteNumber("input_tokens", rollup.InputTokens);
        json.WriteNumber("output_tokens", rollup.OutputTokens);
        json.WriteNumber("cache_creation_tokens", rollup.CacheCreationTokens);
        json.WriteNumber("cache_read_tokens", rollup.CacheReadTokens);
        Write(json, "cost_cents_effective", rollup.CostEffective);
        Write(json, "cost_cents_ingested", rollup.CostIngested);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, LocalSession session)
    {
        json.WriteStartObject();
        json.WriteString("session_id", session.SessionId);
        json.WriteString("provider", session.Key.Provider);
        json.WriteString("started_at", session.StartedAt);
        json.WriteString("ended_at", session.EndedAt);
        if (session.Key.RepoId != RowKey.Untagged) json.WriteString("repo_id", session.Key.RepoId);
        if (session.Key.GitBranch != RowKey.Untagged) json.WriteString("git_branch", session.Key.GitBranch);
        json.WriteString("surface", session.Key.Surface);
        Write(json, Ticket.Of(session.Key.GitBranch));
        json.WriteNumber("message_count", session.Sums.MessageCount);
        json.WriteNumber("total_input_tokens", session.Sums.InputTokens);
        json.WriteNumber("total_output_tokens", session.Sums.OutputTokens);
        Write(json, "total_cost_cents", session.Sums.CostEffective);
        if (session.Key.Model != RowKey.Untagged) json.WriteString("primary_model", session.Key.Model);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Ticket? ticket)
    {
        if (ticket is null) return;
        json.WriteString("ticket", ticket.Text);
        json.WriteString("ticket_source", ticket.Source);
    }

    private static void Write(Utf8JsonWriter json, string name, double value)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(ShortestDouble.ToText(value), skipInputValidation: true);
    }
}
