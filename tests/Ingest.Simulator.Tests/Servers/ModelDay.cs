using System.Text.Json.Nodes;

namespace Ingest.Simulator.Tests.Servers;

/// <summary>A day of one device as a model server keeps it: the rows as sent, by key.</summary>
internal sealed class ModelDay
{
    public SortedDictionary<string, JsonObject> Rows { get; set; } = new(StringComparer.Ordinal);

    public (int Epoch, DateTimeOffset SentAt) Order { get; set; }

    public string Content { get; set; } = "";

    public string? Before { get; set; }

    public int Flips { get; set; }

    public DateTimeOffset ChangedAt { get; set; }
}
