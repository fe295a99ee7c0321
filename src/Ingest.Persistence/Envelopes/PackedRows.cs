using System.Buffers;
using System.Text;
using System.Text.Json;
using Ingest.Domain.Envelopes;

namespace Ingest.Persistence.Envelopes;

/// <summary>The rows of an earlier version of a day, as one JSON array in the contract's names; costs are in units of 1/10000 cent.</summary>
internal static class PackedRows
{
    public static string Pack(IReadOnlyList<DailyRollup> rows)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var row in rows)
            {
                json.WriteStartObject();
                json.WriteString("bucket_day", Day.ToText(row.Key.BucketDay));
                json.WriteString("role", row.Key.Role);
                json.WriteString("provider", row.Key.Provider);
                json.WriteString("model", row.Key.Model);
                json.WriteString("repo_id", row.Key.RepoId);
                json.WriteString("git_branch", row.Key.GitBranch);
                json.WriteString("surface", row.Key.Surface);
                json.WriteString("ticket", row.Ticket);
                json.WriteString("ticket_source", row.TicketSource);
                json.WriteNumber("message_count", row.MessageCount);
                json.WriteNumber("input_tokens", row.InputTokens);
                json.WriteNumber("output_tokens", row.OutputTokens);
                json.WriteNumber("cache_creation_tokens", row.CacheCreationTokens);
                json.WriteNumber("cache_read_tokens", row.CacheReadTokens);
                json.WriteNumber("cost_ingested", row.CostIngested);
                json.WriteNumber("cost_effective", row.CostEffective);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <returns>The rows, in key order.</returns>
    public static IReadOnlyList<DailyRollup> Unpack(string packed)
    {
        using var document = JsonDocument.Parse(packed);
        var rows = new List<DailyRollup>(document.RootElement.GetArrayLength());
        foreach (var row in document.RootElement.EnumerateArray())
        {
            string Text(string name) => row.GetProperty(name).GetString()!;
            long Number(string name) => row.GetProperty(name).GetInt64();
            rows.Add(new DailyRollup
            {
                Key = new RollupKey(
                    DateOnly.ParseExact(Text("bucket_day"), Day.Format, System.Globalization.CultureInfo.InvariantCulture),
                    Text("role"), Text("provider"), Text("model"), Text("repo_id"), Text("git_branch"), Text("surface")),
                Ticket = row.GetProperty("ticket").GetString(),
                TicketSource = row.GetProperty("ticket_source").GetString(),
                MessageCount = Number("message_count"),
                InputTokens = Number("input_tokens"),
                OutputTokens = Number("output_tokens"),
                CacheCreationTokens = Number("cache_creation_tokens"),
                CacheReadTokens = Number("cache_read_tokens"),
                CostIngested = Number("cost_ingested"),
                CostEffective = Number("cost_effective"),
            });
        }

        return rows;
    }
}
