namespace Ingest.Persistence.Envelopes;

/// <summary>
/// Envelopes that wait for the database, and the few workers that take them there. A worker takes whatever waits, up to a bound: alone, an
/// envelope never waits for company; in a crowd they share their round trips and their commit. Whoever puts an envelope here holds the
/// contact of its device, so there is one of a device at most, waiting or under way.
/// </summary>
/// <param name="workers">How many batches may be under way at once.</param>
/// <param name="largestBatch">Envelopes of one batch.</param>
/// <param name="run">Settles a batch, or sets the failure of those it could not settle.</param>
internal sealed class EnvelopeQueue(int workers, int largestBatch, Func<IReadOnlyList<EnvelopeWork>, Task> run)
{
    /// <summary>Of one batch together; a single envelope may have more.</summary>
    private const int MostRows = 4_000;

    private readonly Lock _lock = new();
    private readonly Queue<Entry> _waiting = [];
    private int _working;

    /// <summary>Envelopes that no worker has taken yet.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock) return _waiting.Count;
        }
    }

    /// <summary>Waits until the envelope was dealt with. One that no worker has taken yet is given up when the wait is; one that was taken is seen through.</summary>
    public async Task RunAsync(EnvelopeWork work, CancellationToken cancellation)
    {
        var entry = new Entry(work);
        lock (_lock)
        {
            _waiting.Enqueue(entry);
            if (_working < workers)
            {
                _working++;
                _ = Task.Run(WorkAsync, CancellationToken.None);
            }
        }

        await using var givingUp = cancellation.UnsafeRegister(static (entry, token) => ((Entry)entry!).TryGiveUp(token), entry);
        await entry.Completion;
        if (work.Failure is { } failure) throw failure;
    }

    private async Task WorkAsync()
    {
        var batch = new List<Entry>();
        while (Take(batch))
        {
            await run(batch.ConvertAll(entry => entry.Work));
            foreach (var entry in batch) entry.Complete();
            batch.Clear();
        }
    }

    /// <returns>False where nothing waits: the worker goes, and the next envelope brings a new one.</returns>
    private bool Take(List<Entry> batch)
    {
        lock (_lock)
        {
            var rows = 0;
            while (batch.Count < largestBatch && _waiting.TryPeek(out var next))
            {
                if (batch.Count > 0 && rows + next.Work.Rows > MostRows) break;
                _waiting.Dequeue();
                if (!next.TryTake()) continue;
                batch.Add(next);
                rows += next.Work.Rows;
            }

            if (batch.Count > 0) return true;
            _working--;
            return false;
        }
    }

    private sealed class Entry(EnvelopeWork work)
    {
        private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _isTaken;

        public EnvelopeWork Work { get; } = work;

        public Task Completion => _completion.Task;

        public bool TryTake() => Interlocked.Exchange(ref _isTaken, 1) == 0;

        public void TryGiveUp(CancellationToken cancellation)
        {
            if (TryTake()) _completion.SetCanceled(cancellation);
        }

        public void Complete() => _completion.SetResult();
    }
}
