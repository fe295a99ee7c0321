using System.Net;
using System.Net.Http.Json;

namespace Ingest.Simulator.Servers;

/// <summary>The clock of a server in development: <c>PUT /development/clock</c> with <c>{"now":"2026-01-01T00:00:00Z"}</c>.</summary>
internal sealed class DevelopmentClock(HttpClient client, Uri address) : IServerClock
{
    private readonly Uri _uri = new(address, "development/clock");

    public bool IsVirtual => true;

    public async Task SetAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        using var response = await client.PutAsJsonAsync(_uri, new { now = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'") }, cancellation);
        if (response.StatusCode == HttpStatusCode.NotFound)
            throw new ServerException($"{_uri} is not there: start the server in development with a virtual clock, or leave --virtual-clock out.");
        if (!response.IsSuccessStatusCode) throw new ServerException($"{_uri} answered {(int)response.StatusCode} to {now:O}.");
    }
}
