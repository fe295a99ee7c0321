using System.Globalization;
using System.Net.Http.Headers;
using Ingest.Testing.Envelopes;
using Ingest.Testing.Service;

namespace Ingest.Testing.Daemons;

/// <summary>
/// A stock daemon in miniature (C§3.2, C§4): local days of rows, the watermark as the text it was answered, and ticks that read all
/// rows once, cut them into chunks at day borders, stamp each chunk when it is sent and stop at the first failure. Rollups only:
/// sessions are out of the watermark's reach.
/// </summary>
/// <param name="deviceId">Two daemons with one id are two machines with a copied configuration.</param>
/// <param name="time">The true time; <see cref="Skew"/> is what the device's own clock makes of it.</param>
/// <param name="server">Where it is pointed at.</param>
public sealed class StockDaemon(string deviceId, TimeProvider time, HttpClient server)
{
    private readonly HashSet<(DateOnly Day, LocalKey Key)> _spoiled = [];

    public string DeviceId => deviceId;

    /// <summary>As its <c>cloud.toml</c> names it.</summary>
    public string WorkspaceId { get; init; } = IngestService.WorkspaceId;

    public HttpClient Server { get; set; } = server;

    public TimeSpan Skew { get; set; }

    /// <summary>A chunk closes at the next day border once it holds so many rows.</summary>
    public int ChunkRows { get; set; } = 500;

    /// <summary>Null until the first answer, and after a reset.</summary>
    public string? Watermark { get; set; }

    /// <summary>What the device has: messages by day and key.</summary>
    public SortedDictionary<DateOnly, Dictionary<LocalKey, long>> Days { get; } = [];

    public DateTimeOffset Clock => time.GetUtcNow() + Skew;

    public DateOnly Today => DateOnly.FromDateTime(Clock.UtcDateTime);

    /// <summary>All rows of all chunks so far.</summary>
    public long RowsSent { get; private set; }

    /// <summary>Runs between the reading of the rows and the sending of the first chunk.</summary>
    public Action? AfterReading { get; set; }

    /// <summary>Counts messages on a day, today unless it is named.</summary>
    public void Record(long messages = 1, DateOnly? day = null, string branch = "main", string surface = "terminal")
    {
        var (on, key) = (day ?? Today, new LocalKey(branch, surface));
        if (!Days.TryGetValue(on, out var rows)) Days[on] = rows = [];
        rows[key] = rows.GetValueOrDefault(key) + messages;
    }

    /// <summary>The row is sent with a count that no server takes.</summary>
    public void Spoil(DateOnly day, LocalKey key) => _spoiled.Add((day, key));

    /// <summary>What <c>budi cloud reset</c> does.</summary>
    public void Reset() => Watermark = null;

    /// <param name="deliveries">What becomes of the first chunks; all others arrive.</param>
    /// <returns>The chunks that were sent; none where there was nothing to send.</returns>
    public async Task<IReadOnlyList<SentChunk>> TickAsync(params Delivery[] deliveries)
    {
        var chunks = ReadChunks();
        AfterReading?.Invoke();
        AfterReading = null;

        var sent = new List<SentChunk>();
        foreach (var rows in chunks)
        {
            var chunk = Stamp(rows);
            var delivery = sent.Count < deliveries.Length ? deliveries[sent.Count] : Delivery.Arrives;
            sent.Add(chunk);
            RowsSent += chunk.Rows;
            if (delivery is Delivery.Arrives or Delivery.AnswerIsLost)
            {
                var watermark = await DeliverAsync(chunk);
                if (delivery == Delivery.Arrives) Watermark = watermark ?? Watermark;
            }

            if (delivery != Delivery.Arrives) break;
        }

        return sent;
    }

    /// <summary>Brings a chunk to the server, late or once more; nobody waits for the answer.</summary>
    /// <returns>The watermark that is answered.</returns>
    /// <exception cref="HttpRequestException">The server refuses it.</exception>
    public async Task<string?> DeliverAsync(SentChunk chunk)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/ingest") { Content = new ByteArrayContent(chunk.Body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.TryAddWithoutValidation("User-Agent", "ureq/3.3.0");
        request.Headers.TryAddWithoutValidation("Accept", "*/*");
        var answer = await ServiceAnswer.ReadAsync(await Server.SendAsync(request));
        if ((int)answer.Status != 200) throw new HttpRequestException(answer.Body?.ToJsonString(), null, answer.Status);
        return answer.Text("watermark");
    }

    private List<List<(DateOnly Day, LocalKey Key, long Messages)>> ReadChunks()
    {
        var (today, chunks) = (Today, new List<List<(DateOnly, LocalKey, long)>>());
        foreach (var (day, rows) in Days)
        {
            var isAfter = Watermark is null || string.CompareOrdinal(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Watermark) > 0;
            if (rows.Count == 0 || !(isAfter || day == today)) continue;
            if (chunks.Count == 0 || chunks[^1].Count >= ChunkRows) chunks.Add([]);
            chunks[^1].AddRange(rows.Select(row => (day, row.Key, row.Value)));
        }

        return chunks;
    }

    private SentChunk Stamp(List<(DateOnly Day, LocalKey Key, long Messages)> rows)
    {
        var at = Clock;
        var envelope = EnvelopeBuilder.For(WorkspaceId).Device(deviceId).SyncedAt(at);
        foreach (var (day, key, messages) in rows)
        {
            envelope.Rollup(day, row => row
                .Branch(key.Branch).Surface(key.Surface).Messages(_spoiled.Contains((day, key)) ? -1 : messages)
                .Tokens(input: 100 * messages, output: 10 * messages).Cost(0.25m * messages));
        }

        return new SentChunk([.. rows.Select(row => row.Day).Distinct()], rows.Count, at, envelope.ToBytes());
    }
}
