namespace Ingest.Api.Bodies;

/// <summary>
/// What all request bodies in flight, and the rows that were read from them, may occupy together. Without it, a hundred clients that each stay within the limit of one
/// body are enough to take the whole process down.
/// </summary>
internal sealed class BodyBudget(long bytes)
{
    private long _inUse;

    public long InUse => Volatile.Read(ref _inUse);

    /// <summary>Never waits: a client that is told to come back costs less than one that waits while holding half a body.</summary>
    public bool TryReserve(int size)
    {
        if (Interlocked.Add(ref _inUse, size) <= bytes)
            return true;
        Release(size);
        return false;
    }

    /// <summary>
    /// For what grows out of something that holds its place already: let in also where it is more than there is, when nobody else holds anything.
    /// It would never find room otherwise.
    /// </summary>
    /// <param name="size">How much more.</param>
    /// <param name="held">What it holds already.</param>
    public bool TryReserveBeside(long size, long held)
    {
        var now = Interlocked.Add(ref _inUse, size);
        if (now <= bytes || now == held + size)
            return true;
        Release(size);
        return false;
    }

    public void Release(long size) => Interlocked.Add(ref _inUse, -size);
}
