using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Ingest.Testing;

/// <summary>A way to a server that can be blocked (open, but nothing passes) or cut (closed, with or without a way back).</summary>
public sealed class TcpRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Socket, Socket> _pairs = new();
    private readonly CancellationTokenSource _end = new();
    private readonly EndPoint _target;
    private readonly Task _accepting;
    private volatile TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TcpRelay(EndPoint target)
    {
        _target = target;
        _open.SetResult();
        _listener.Start();
        Address = (IPEndPoint)_listener.LocalEndpoint;
        _accepting = AcceptAsync();
    }

    public IPEndPoint Address { get; }

    /// <summary>Where it says yes to what a client sent, that still reaches the server, and the connection is cut: nobody hears what became of it.</summary>
    public Func<ReadOnlyMemory<byte>, bool>? CutsBehind { get; set; }

    public void Block() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Unblock() => _open.TrySetResult();

    /// <summary>What is open stays open; nothing new gets in.</summary>
    public void Refuse()
    {
        _end.Cancel();
        _listener.Stop();
    }

    /// <summary>Closes what is open; who comes again gets in.</summary>
    /// <returns>How many connections were open.</returns>
    public int CutOpen()
    {
        var cut = 0;
        foreach (var (client, server) in _pairs)
        {
            if (Close(client, server)) cut++;
        }

        return cut;
    }

    /// <summary>For good.</summary>
    public void Cut()
    {
        Refuse();
        CutOpen();
    }

    public async ValueTask DisposeAsync()
    {
        Cut();
        _open.TrySetResult();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                Pass(await _listener.AcceptSocketAsync(_end.Token));
            }
            catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Cut.
            }
        }
    }

    private void Pass(Socket client)
    {
        var family = _target is UnixDomainSocketEndPoint ? AddressFamily.Unix : AddressFamily.InterNetwork;
        var server = new Socket(family, SocketType.Stream, ProtocolType.Unspecified);
        _pairs[client] = server;
        _ = ConnectAsync(client, server);
    }

    private async Task ConnectAsync(Socket client, Socket server)
    {
        try
        {
            await server.ConnectAsync(_target, _end.Token);
            await Task.WhenAll(PassAsync(client, server, data => CutsBehind?.Invoke(data) == true), PassAsync(server, client, _ => false));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Nobody there, or cut.
        }

        Close(client, server);
    }

    private async Task PassAsync(Socket from, Socket to, Func<ReadOnlyMemory<byte>, bool> cutsBehind)
    {
        var buffer = new byte[8192];
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(buffer)) > 0)
            {
                await _open.Task;
                await to.SendAsync(buffer.AsMemory(0, read));
                if (!cutsBehind(buffer.AsMemory(0, read))) continue;
                from.Dispose();

                // Closed in order: what was sent before still arrives.
                to.Shutdown(SocketShutdown.Send);
                return;
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            to.Dispose();
        }
    }

    private bool Close(Socket client, Socket server)
    {
        var wasOpen = _pairs.TryRemove(client, out _);
        client.Dispose();
        server.Dispose();
        return wasOpen;
    }
}
