using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Ingest.Api.Envelopes;

/// <summary>
/// How many envelopes may be in the service at once, from before their body is read to their answer. More would only wait for longer than their daemons do,
/// and hold memory meanwhile; a daemon that is told at once comes back. One key has at most half of the places: bodies that trickle would otherwise take them all.
/// </summary>
internal sealed class EnvelopeAdmission(int most)
{
    private readonly int _mostOfOne = (most + 1) / 2;

    /// <summary>By key. What is empty stays: there are as many as keys that exist.</summary>
    private readonly ConcurrentDictionary<Guid, StrongBox<int>> _ofEach = [];
    private int _inside;

    public int Inside => Volatile.Read(ref _inside);

    public bool TryEnter(Guid keyId)
    {
        var ofOne = _ofEach.GetOrAdd(keyId, static _ => new StrongBox<int>());
        if (Interlocked.Increment(ref ofOne.Value) <= _mostOfOne)
        {
            if (Interlocked.Increment(ref _inside) <= most) return true;
            Interlocked.Decrement(ref _inside);
        }

        Interlocked.Decrement(ref ofOne.Value);
        return false;
    }

    public void Leave(Guid keyId)
    {
        Interlocked.Decrement(ref _inside);
        Interlocked.Decrement(ref _ofEach[keyId].Value);
    }
}
