using System.Text.Json.Nodes;

namespace Ingest.Api.Tests.Queries;

/// <summary>Lists that are read page by page.</summary>
internal static class Lists
{
    /// <summary>All entries from a cursor on, and that no page is longer than asked, nor any but the last one empty.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="address">With its filters.</param>
    /// <param name="name">Of the list in the answer.</param>
    /// <param name="limit">Of each page.</param>
    /// <param name="cursor">Where to begin.</param>
    public static async Task<List<JsonNode>> WalkAsync(this HttpClient client, string address, string name, int limit, string? cursor = null)
    {
        var entries = new List<JsonNode>();
        do
        {
            var page = (await client.AnswerAsync($"{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit={limit}{(cursor is null ? "" : "&cursor=" + cursor)}")).ShouldBeStored();
            var found = page[name]!.AsArray();
            found.Count.ShouldBeLessThanOrEqualTo(limit);
            cursor = page.Text("next_cursor");
            if (cursor is not null) found.Count.ShouldBe(limit, "a page that is not the last one is full");
            entries.AddRange(found.Select(entry => entry!.DeepClone()));
        }
        while (cursor is not null);
        return entries;
    }
}
