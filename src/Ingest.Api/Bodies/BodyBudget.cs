namespace Ingest.Api.Bodies;

/// <summary>
/// What all request bodies in flight may occupy together. Without it, a hundred clients that each stay within the limit of one
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

    public void Release(int size) => Interlocked.Add(ref _inUse, -size);
}
