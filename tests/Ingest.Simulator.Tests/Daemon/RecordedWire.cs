using System.Text;
using System.Text.Json.Nodes;
using Ingest.Simulator.Daemon;

namespace Ingest.Simulator.Tests.Daemon;

/// <summary>Keeps what a daemon sends and answers as the test says.</summary>
internal sealed class RecordedWire(Func<int, SyncAnswer> answer) : ISyncWire
{
    public List<string> Sent { get; } = [];

    public IEnumerable<JsonNode> Envelopes => Sent.Select(text => JsonNode.Parse(text)!);

    public Task<SyncAnswer> PostAsync(byte[] envelope, CancellationToken cancellation)
    {
        Sent.Add(Encoding.UTF8.GetString(envelope));
        return Task.FromResult(answer(Sent.Count));
    }

    public static IEnumerable<string> DaysOf(JsonNode envelope) =>
        envelope["payload"]!["daily_rollups"]!.AsArray().Select(row => row!["bucket_day"]!.GetValue<string>()).Distinct();
}
