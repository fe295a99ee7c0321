using System.Text;
using Ingest.Api.Tests.Plumbing;
using Ingest.Testing.Postgres;

namespace Ingest.Api.Tests.Documents;

/// <summary>docs/what-we-store.md is the migrated schema in its own words, which psql shows too.</summary>
public sealed class WhatWeStoreTests
{
    /// <summary>The order people ask in: the data, what is known of devices, who they belong to, the server.</summary>
    private static readonly string[] Order =
    [
        "daily_rollups", "session_summaries", "window_summaries", "device_days", "day_versions", "quarantined_rows", "devices", "device_contacts", "device_rewinds",
        "sync_attempts", "dropped_fields", "workspaces", "users", "api_keys", "server_state", "schema_migrations",
    ];

    private const string Schema = """
        SELECT c.relname, obj_description(c.oid, 'pg_class'), a.attname, coalesce(t.typname, ''), col_description(c.oid, a.attnum)
        FROM pg_class AS c
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        JOIN pg_type AS t ON t.oid = a.atttypid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
        ORDER BY c.relname, a.attnum
        """;

    [Fact]
    public async Task Every_column_says_what_it_holds_and_the_page_says_the_same()
    {
        await using var database = await TestDatabase.CreateAsync();
        var columns = new List<(string Table, string? About, string Name, string Type, string? Holds)>();
        await using (var command = database.DataSource.CreateCommand(Schema))
        await using (var row = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken))
        {
            while (await row.ReadAsync(TestContext.Current.CancellationToken))
                columns.Add((row.GetString(0), row.IsDBNull(1) ? null : row.GetString(1), row.GetString(2), row.GetString(3), row.IsDBNull(4) ? null : row.GetString(4)));
        }

        columns.Where(column => column.About is null || column.Holds is null).Select(column => $"{column.Table}.{column.Name}")
            .ShouldBeEmpty("a migration that adds a table or a column says what it holds: COMMENT ON TABLE …, COMMENT ON COLUMN …");

        var page = new StringBuilder();
        foreach (var table in columns.GroupBy(column => column.Table).OrderBy(table => Array.IndexOf(Order, table.Key) is var place and >= 0 ? place : int.MaxValue))
        {
            page.Append($"\n### {table.Key}\n\n{table.First().About}\n\n| Column | Type | Holds |\n|---|---|---|\n");
            foreach (var column in table) page.Append($"| `{column.Name}` | {Told(column.Type)} | {column.Holds!.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
        }

        DocumentTable.ShouldHold("what-we-store.md", page.ToString());
    }

    private static string Told(string type) => type switch
    {
        "key_text" => "text",
        "timestamptz" => "instant",
        "date" => "day",
        "uuid" => "id",
        "bool" => "yes or no",
        "bytea" => "bytes",
        "int2" or "int4" or "int8" => "whole number",
        "float8" => "number",
        "_text" => "texts",
        "jsonb" => "JSON",
        var other => other,
    };
}
