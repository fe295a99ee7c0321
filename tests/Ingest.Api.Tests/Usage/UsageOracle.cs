using System.Globalization;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Usage;

/// <summary>The sums of usage by plain SQL over the live rows, told as <see cref="UsageSumsTests"/> tells those of the API.</summary>
internal sealed class UsageOracle(IngestService service, string workspaceId)
{
    private static readonly Dictionary<string, string> Expressions = new(StringComparer.Ordinal)
    {
        ["day"] = "to_char(r.bucket_day + shift, 'YYYY-MM-DD')", ["device"] = "r.device_id", ["member"] = "d.owner_user_id::text", ["provider"] = "r.provider", ["model"] = "r.model",
        ["repo"] = "r.repo_id", ["branch"] = "r.git_branch", ["ticket"] = "nullif(r.ticket, '')", ["surface"] = "r.surface", ["role"] = "r.role",
    };

    public static IReadOnlyCollection<string> Dimensions => Expressions.Keys;

    /// <summary>Ids that are one device now: each with the id it has now, or null where nothing under it counts.</summary>
    public Dictionary<string, string?> Homes { get; } = new(StringComparer.Ordinal);

    /// <returns>One line a group: its values, then messages, the four kinds of tokens, list price and effective cost; and the same of the period before.</returns>
    public async Task<List<string>> GroupsAsync(DateOnly from, DateOnly to, IReadOnlyList<string> by, IReadOnlyList<(string Dimension, string[] Values)> filters)
    {
        var days = to.DayNumber - from.DayNumber;
        var homes = Homes.Count == 0 ? "('', '')" : string.Join(", ", Homes.Select(home => $"('{home.Key}', {(home.Value is null ? "NULL" : $"'{home.Value}'")})"));
        var wanted = filters.Select(filter =>
            $"AND coalesce({Expressions[filter.Dimension]}, '') = ANY (ARRAY[{string.Join(", ", filter.Values.Select(value => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'"))}]::text[])");
        string[] columns = ["message_count", "input_tokens", "output_tokens", "cache_creation_tokens", "cache_read_tokens", "cost_ingested", "cost_effective"];
        var sums = string.Join(", ", new[] { "NOT before", "before" }.SelectMany(when => columns.Select(column => $"coalesce(sum({column}) FILTER (WHERE {when}), 0)")));
        return await service.QueryAsync<string>(
            $"""
            WITH homes (id, home) AS (VALUES {homes}),
            counted AS (
                SELECT DISTINCT ON (coalesce(h.home, t.device_id), t.bucket_day) t.device_id, t.bucket_day
                FROM device_days AS t LEFT JOIN homes AS h ON h.id = t.device_id
                WHERE t.workspace_id = '{workspaceId}' AND (h.id IS NULL OR h.home IS NOT NULL)
                ORDER BY coalesce(h.home, t.device_id), t.bucket_day, (t.expired_at IS NOT NULL), t.received_at DESC),
            told AS (
                SELECT ARRAY[{string.Join(", ", by.Select(dimension => Expressions[dimension]))}]::text[] AS keys, before, r.*
                FROM counted AS c
                JOIN daily_rollups AS r ON r.workspace_id = '{workspaceId}' AND r.device_id = c.device_id AND r.bucket_day = c.bucket_day
                JOIN device_days AS t ON t.workspace_id = '{workspaceId}' AND t.device_id = c.device_id AND t.bucket_day = c.bucket_day AND t.expired_at IS NULL
                JOIN devices AS d ON d.workspace_id = '{workspaceId}' AND d.device_id = c.device_id
                CROSS JOIN LATERAL (SELECT r.bucket_day < '{from:yyyy-MM-dd}' AS before) AS b
                CROSS JOIN LATERAL (SELECT CASE WHEN before THEN {days.ToString(CultureInfo.InvariantCulture)} ELSE 0 END AS shift) AS s
                WHERE r.ghosted_at IS NULL AND r.bucket_day >= '{from.AddDays(-days):yyyy-MM-dd}' AND r.bucket_day < '{to:yyyy-MM-dd}' {string.Join(' ', wanted)})
            SELECT array_to_string(keys, '|', '∅') || ' = ' || concat_ws(' ', {sums}) FROM told GROUP BY keys
            """);
    }
}
