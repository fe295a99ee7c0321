namespace Ingest.Api.Envelopes;

/// <summary>
/// How many envelopes may be in the service at once, from before their body is read to their answer. More would only wait for longer than their daemons do,
/// and hold memory meanwhile; a daemon that is told at once comes back.
/// </summary>
internal sealed class EnvelopeAdmission(int most)
{
    private int _inside;

    public int Inside => Volatile.Read(ref _inside);

    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _inside) <= most) return true;
        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _inside);
}
