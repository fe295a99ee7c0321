using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using Ingest.Simulator.Daemon;
using Ingest.Simulator.Servers;

namespace Ingest.Simulator.Wire;

/// <summary>
/// Posts as the daemon's HTTP client does (C§3.1), but for one thing: a real daemon opens a connection per chunk, this keeps them, so that a
/// run measures the server and not handshakes.
/// </summary>
internal sealed class HttpWire : IDisposable
{
    /// <summary>As long as a daemon waits for one answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.GZip,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
    })
    {
        Timeout = Patience,
        DefaultRequestVersion = HttpVersion.Version11,
    };

    private readonly ConcurrentDictionary<int, long> _answers = new();

    /// <summary>How often each status was answered; 0 is no answer at all.</summary>
    public IReadOnlyDictionary<int, long> Answers => _answers;

    public async Task<SyncAnswer> PostAsync(IServer server, byte[] envelope, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, "v1/ingest")) { Content = new ByteArrayContent(envelope) };
        request.Headers.TryAddWithoutValidation("User-Agent", "ureq/3.3.0");
        request.Headers.TryAddWithoutValidation("Accept", "*/*");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", server.Key);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        try
        {
            using var response = await _client.SendAsync(request, cancellation);
            var body = await response.Content.ReadAsByteArrayAsync(cancellation);
            Note((int)response.StatusCode);
            return SyncAnswer.Of((int)response.StatusCode, body);
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            Note(0);
            return SyncAnswer.NoAnswer;
        }
    }

    public void Dispose() => _client.Dispose();

    private void Note(int status) => _answers.AddOrUpdate(status, 1, (_, before) => before + 1);
}
