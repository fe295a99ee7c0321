using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ingest.Api.Tests.Abuse;

/// <summary>A bare connection, for what no well-behaved client sends.</summary>
internal sealed class RawConnection : IAsyncDisposable
{
    private readonly NetworkStream _stream;

    private RawConnection(NetworkStream stream) => _stream = stream;

    /// <param name="address">The service.</param>
    /// <param name="receiveBuffer">How much of what nobody reads the system takes in; left out, as usual.</param>
    public static async Task<RawConnection> OpenAsync(Uri address, int? receiveBuffer = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer is { } bytes) socket.ReceiveBufferSize = bytes;
        await socket.ConnectAsync(IPAddress.Parse(address.Host), address.Port, TestContext.Current.CancellationToken);
        return new RawConnection(new NetworkStream(socket, ownsSocket: true));
    }

    /// <summary>One request on a connection of its own, and every answer that comes until the server closes.</summary>
    /// <param name="address">The service.</param>
    /// <param name="request">All that is sent.</param>
    /// <param name="limit">How long the server may take.</param>
    /// <param name="leaves">The client sends nothing more and says so, whatever it promised.</param>
    /// <exception cref="TimeoutException">The server neither answered whole nor closed.</exception>
    public static async Task<IReadOnlyList<RawAnswer>> ExchangeAsync(Uri address, byte[] request, TimeSpan limit, bool leaves = false)
    {
        await using var connection = await OpenAsync(address);
        if (await connection.SendAsync(request) && leaves) connection._stream.Socket.Shutdown(SocketShutdown.Send);
        return await connection.ReadToEndAsync(limit);
    }

    public Task<bool> SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>What the server no longer takes is lost, as it is to a client that writes before it reads.</summary>
    /// <returns>Whether it was taken.</returns>
    public async Task<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await _stream.WriteAsync(bytes, TestContext.Current.CancellationToken);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>What comes next, in part.</summary>
    public async Task<string> ReadSomeAsync()
    {
        var buffer = new byte[4096];
        return Encoding.Latin1.GetString(buffer, 0, await _stream.ReadAsync(buffer, TestContext.Current.CancellationToken));
    }

    /// <exception cref="TimeoutException">The server did not close within the limit.</exception>
    public async Task<IReadOnlyList<RawAnswer>> ReadToEndAsync(TimeSpan limit)
    {
        using var all = new MemoryStream();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(limit);
        try
        {
            await _stream.CopyToAsync(all, patience.Token);
        }
        catch (IOException)
        {
            // Reset: what came before it counts.
        }
        catch (OperationCanceledException waited) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"Neither answered whole nor closed within {limit}; so far: {Encoding.Latin1.GetString(all.ToArray())}", waited);
        }

        return RawAnswer.ParseAll(all.ToArray());
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}
