using System.Net;
using System.Net.Sockets;

namespace Ingest.Bench.Load;

/// <summary>One keep-alive connection that does not block, with at most one request in flight.</summary>
internal sealed class LoadConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private ReadOnlyMemory<byte> _unsent;
    private byte[] _received = new byte[16 * 1024];
    private int _filled;

    public LoadConnection(IPEndPoint server)
    {
        _socket.Connect(server);
        _socket.Blocking = false;
    }

    public int Descriptor => (int)_socket.Handle;

    public bool IsBusy { get; private set; }

    public bool WantsToSend => !_unsent.IsEmpty;

    /// <summary>When the request in flight was to be sent.</summary>
    public long IntendedAt { get; private set; }

    /// <summary>The answer read last.</summary>
    public ReadOnlySpan<byte> Text(HttpAnswer answer) => _received.AsSpan(answer.TextAt, answer.Length - answer.TextAt);

    public void Send(ReadOnlyMemory<byte> request, long intendedAt)
    {
        (IsBusy, IntendedAt, _unsent, _filled) = (true, intendedAt, request, 0);
        GoOnSending();
    }

    public void GoOnSending()
    {
        while (!_unsent.IsEmpty)
        {
            var sent = _socket.Send(_unsent.Span, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock) return;
            if (error != SocketError.Success) throw new BenchException($"A request could not be sent: {error}.");
            _unsent = _unsent[sent..];
        }
    }

    /// <returns>Whether the whole answer is there.</returns>
    public bool TryReceive(out HttpAnswer answer)
    {
        answer = default;
        while (true)
        {
            if (_filled == _received.Length) Array.Resize(ref _received, _received.Length * 2);
            var count = _socket.Receive(_received.AsSpan(_filled), SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock) return false;
            if (error != SocketError.Success || count == 0) throw new BenchException($"The service closed a connection: {error}.");
            _filled += count;
            if (!HttpAnswer.TryRead(_received.AsSpan(0, _filled), out answer)) continue;
            IsBusy = false;
            return true;
        }
    }

    public void Dispose() => _socket.Dispose();
}
