using System.Text;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Walls;

/// <summary>Looks for texts where they must not be.</summary>
internal static class Leaks
{
    /// <summary>Every row of every table that holds any of them, in any column: as text, in JSON, or as bytes.</summary>
    public static async Task<List<string>> InTablesAsync(IngestService service, params string[] texts)
    {
        var found = new List<string>();
        var tables = await service.QueryAsync<string>("SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'");
        tables.Count.ShouldBeGreaterThan(10);
        foreach (var table in tables)
        {
            // A row as text shows bytes in hexadecimal.
            var wanted = texts.SelectMany(text => new[] { text, Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text)) });
            var where = string.Join(" OR ", wanted.Select(text => $"strpos(lower(t::text), lower('{text.Replace("'", "''", StringComparison.Ordinal)}')) > 0"));
            found.AddRange((await service.QueryAsync<string>($"SELECT t::text FROM \"{table}\" AS t WHERE {where}")).Select(row => $"{table}: {row}"));
        }

        return found;
    }
}
