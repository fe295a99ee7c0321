using System.Text.Json;
using Ingest.Domain.Envelopes;

namespace Ingest.Persistence.Reconciliation;

/// <summary>Reads the rows a day held before, as <c>day_versions.rows_before</c> packs them: the contract's names, costs in units of 1/10000 cent.</summary>
internal static class EarlierRows
{
    public static IReadOnlyList<DailyRollup> Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateArray().Select(RowOf)];
    }

    private static DailyRollup RowOf(JsonElement row) => new()
    {
        Key = new RollupKey(
            DateOnly.ParseExact(TextOf(row, "bucket_day")!, Day.Format, System.Globalization.CultureInfo.InvariantCulture),
            TextOf(row, "role")!,
            TextOf(row, "provider")!,
            TextOf(row, "model")!,
            TextOf(row, "repo_id")!,
            TextOf(row, "git_branch")!,
            TextOf(row, "surface")!),
        Ticket = TextOf(row, "ticket"),
        TicketSource = TextOf(row, "ticket_source"),
        MessageCount = row.GetProperty("message_count").GetInt64(),
        InputTokens = row.GetProperty("input_tokens").GetInt64(),
        OutputTokens = row.GetProperty("output_tokens").GetInt64(),
        CacheCreationTokens = row.GetProperty("cache_creation_tokens").GetInt64(),
        CacheReadTokens = row.GetProperty("cache_read_tokens").GetInt64(),
        CostIngested = row.GetProperty("cost_ingested").GetInt64(),
        CostEffective = row.GetProperty("cost_effective").GetInt64(),
    };

    private static string? TextOf(JsonElement row, string name) => row.TryGetProperty(name, out var value) ? value.GetString() : null;
}
