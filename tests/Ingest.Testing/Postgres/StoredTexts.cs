using Ingest.Testing.Service;

namespace Ingest.Testing.Postgres;

/// <summary>Looks through everything that is stored, as whoever searches a dump of it would.</summary>
public static class StoredTexts
{
    /// <returns>The tables of which a row holds the text in any column, as text or as bytes.</returns>
    public static async Task<IReadOnlyList<string>> TablesHoldingAsync(this IngestService service, string text)
    {
        var holding = new List<string>();
        foreach (var table in await service.QueryAsync<string>("SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"))
        {
            var bytes = Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(text));
            var rows = await service.QueryAsync<long>($"SELECT count(*) FROM {table} AS t WHERE strpos(t::text, '{text}') > 0 OR strpos(t::text, '{bytes}') > 0");
            if (rows[0] > 0) holding.Add(table);
        }

        return holding;
    }
}
