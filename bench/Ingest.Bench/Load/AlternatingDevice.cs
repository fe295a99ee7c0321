using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Ingest.Bench.Cluster;
using Npgsql;

namespace Ingest.Bench.Load;

/// <summary>One device that posts to two instances in turn, and must find at both what it said to the other.</summary>
internal sealed class AlternatingDevice(BenchDatabase database, FleetDevice device, EnvelopeTemplate template, ExpectedRows expected, IReadOnlyList<IPEndPoint> servers)
{
    private readonly EnvelopeRequest _request = new(template);

    /// <returns>What went wrong, or null.</returns>
    public async Task<string?> RunAsync(CancellationToken until)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", device.Key);
        client.DefaultRequestHeaders.UserAgent.ParseAdd("ureq/2.12.1");
        for (var turn = 0; !until.IsCancellationRequested; turn++)
        {
            device.Sequence++;
            _request.Address(device);
            _request.WriteValues(device);
            using var body = new ByteArrayContent(_request.Body.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            using var answer = await client.PostAsync(new Uri($"http://{servers[turn % servers.Count]}/v1/ingest"), body, CancellationToken.None);
            var text = await answer.Content.ReadAsStringAsync(CancellationToken.None);
            if (answer.StatusCode != HttpStatusCode.OK || ChangedIn(text) != expected.Changed)
                return $"post {turn} of a device that posts to two instances in turn was answered {(int)answer.StatusCode}: {text}";
        }

        return await CompareAsync();
    }

    private static int ChangedIn(string answer)
    {
        using var document = JsonDocument.Parse(answer);
        return document.RootElement.GetProperty("rows").GetProperty("changed").GetInt32();
    }

    private async Task<string?> CompareAsync()
    {
        await using var command = database.Administrator.CreateCommand("""
            SELECT (SELECT sum(input_tokens)::bigint FROM daily_rollups WHERE device_id = $1),
                   (SELECT sum(total_input_tokens)::bigint FROM session_summaries WHERE device_id = $1)
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = device.DeviceId });
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        var stored = (reader.GetInt64(0), reader.GetInt64(1));
        using var sent = JsonDocument.Parse(_request.Body.ToArray());
        var payload = sent.RootElement.GetProperty("payload");
        var said = (Sum(payload.GetProperty("daily_rollups"), "input_tokens"), Sum(payload.GetProperty("session_summaries"), "total_input_tokens"));
        return stored == said ? null : $"a device that posts to two instances in turn said {said} last, and {stored} is stored";
    }

    private static long Sum(JsonElement rows, string name) => rows.EnumerateArray().Sum(row => row.GetProperty(name).GetInt64());
}
