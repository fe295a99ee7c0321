using System.Net;
using System.Net.Sockets;

namespace Ingest.Bench.Load;

/// <summary>One keep-alive connection that does not block, with at most one request in flight.</summary>
internal sealed class LoadConnection(IPEndPoint server) : IDisposable
{
    private Socket _socket = Connect(server);
    private ReadOnlyMemory<byte> _unsent;
    private byte[] _received = new byte[16 * 1024];
    private int _filled;

    public int Descriptor => (int)_socket.Handle;

    public bool IsBusy { get; private set; }

    public bool WantsToSend => !_unsent.IsEmpty;

    /// <summary>When the request in flight was to be sent.</summary>
    public long IntendedAt { get; private set; }

    /// <summary>What the answer to it must report.</summary>
    public ExpectedRows? Expected { get; private set; }

    /// <summary>The body of the answer read last.</summary>
    public ReadOnlySpan<byte> Body(HttpAnswer answer) => _received.AsSpan(answer.BodyAt, answer.Length - answer.BodyAt);

    public void Send(LoadRequest request, long intendedAt)
    {
        (IsBusy, IntendedAt, Expected, _unsent, _filled) = (true, intendedAt, request.Rows, request.Bytes, 0);
        GoOnSending();
    }

    public void GoOnSending()
    {
        while (!_unsent.IsEmpty)
        {
            var sent = _socket.Send(_unsent.Span, SocketFlags.None, out var error);

            // A server that hangs up is heard of when its answer is read.
            if (error != SocketError.Success)
            {
                if (error != SocketError.WouldBlock) _unsent = default;
                return;
            }

            _unsent = _unsent[sent..];
        }
    }

    /// <returns>Whether an answer is there, if only that there will be none.</returns>
    public bool TryReceive(out HttpAnswer answer)
    {
        answer = default;
        while (true)
        {
            if (_filled == _received.Length) Array.Resize(ref _received, _received.Length * 2);
            var count = _socket.Receive(_received.AsSpan(_filled), SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock) return false;
            if (count == 0 || error != SocketError.Success) return HungUp(out answer);
            _filled += count;
            if (!HttpAnswer.TryRead(_received.AsSpan(0, _filled), Expected is not null, out answer)) continue;
            IsBusy = false;
            return true;
        }
    }

    public void Dispose() => _socket.Dispose();

    private static Socket Connect(IPEndPoint server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(server);
        socket.Blocking = false;
        return socket;
    }

    /// <summary>A server may close a connection that has nothing in flight; with a request in flight it leaves it unanswered.</summary>
    private bool HungUp(out HttpAnswer answer)
    {
        answer = HttpAnswer.None;
        var wasBusy = IsBusy;
        (IsBusy, _unsent, _filled) = (false, default, 0);
        _socket.Dispose();
        _socket = Connect(server);
        return wasBusy;
    }
}
