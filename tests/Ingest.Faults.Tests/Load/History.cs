namespace Ingest.Faults.Tests.Load;

/// <summary>All that was sent and answered: what the database has to agree with.</summary>
internal sealed class History(LoadPlan plan)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, DeviceHistory> _devices =
        Enumerable.Range(0, plan.Devices).ToDictionary(plan.DeviceOf, device => new DeviceHistory(plan, plan.DeviceOf(device)));
    private readonly List<(Func<bool> IsReached, TaskCompletionSource Reached)> _awaited = [];
    private readonly List<string> _wrong = [];
    private readonly SortedDictionary<string, int> _answers = new(StringComparer.Ordinal);

    public LoadPlan Plan => plan;

    /// <summary>Envelopes that were answered 200, each as often as it was.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>Envelopes that were answered 503 or not at all.</summary>
    public long Unanswered { get; private set; }

    /// <summary>The number of the device's next envelope.</summary>
    public int Take(string device)
    {
        lock (_lock) return _devices[device].Take();
    }

    public void Begin(string device, int number)
    {
        lock (_lock) _devices[device].Begin(number);
    }

    public void End(string device, int number, Answer answer)
    {
        lock (_lock)
        {
            _answers[answer.ToString()] = _answers.GetValueOrDefault(answer.ToString()) + 1;
            if (!answer.IsAllowed) _wrong.Add($"{device} number {number}: {answer}");
            if (_devices[device].End(number, answer) is { } wrong) _wrong.Add(wrong);
            if (answer.IsStored) Acknowledged++;
            else Unanswered++;
            foreach (var (_, reached) in _awaited.Where(one => one.IsReached())) reached.TrySetResult();
            _awaited.RemoveAll(one => one.Reached.Task.IsCompleted);
        }
    }

    /// <summary>Completes once so many more envelopes were acknowledged.</summary>
    public Task AcknowledgedAsync(long more)
    {
        lock (_lock)
        {
            var goal = Acknowledged + more;
            return Await(() => Acknowledged >= goal);
        }
    }

    /// <summary>Completes once so many more envelopes were refused, or not answered at all.</summary>
    public Task UnansweredAsync(long more)
    {
        lock (_lock)
        {
            var goal = Unanswered + more;
            return Await(() => Unanswered >= goal);
        }
    }

    /// <summary>What has to be stored at least, from now on, whatever else comes.</summary>
    public IReadOnlyDictionary<string, int[]> Promised()
    {
        lock (_lock) return _devices.ToDictionary(device => device.Key, device => device.Value.Promised());
    }

    /// <summary>Whether the envelope was sent and not refused before anything was tried.</summary>
    public bool MayBeStored(string device, int number)
    {
        lock (_lock) return _devices[device].MayBeStored(number);
    }

    /// <summary>Whether the envelope was answered 200.</summary>
    public bool IsAcknowledged(string device, int number)
    {
        lock (_lock) return _devices[device].IsAcknowledged(number);
    }

    /// <summary>Answers that may not be given, whatever breaks.</summary>
    public IReadOnlyList<string> Wrong()
    {
        lock (_lock) return [.. _wrong];
    }

    /// <summary>How often each answer came.</summary>
    public override string ToString()
    {
        lock (_lock) return string.Join(", ", _answers.Select(answer => $"{answer.Value} × {answer.Key}"));
    }

    private Task Await(Func<bool> isReached)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _awaited.Add((isReached, reached));
        return reached.Task;
    }

    private sealed class DeviceHistory(LoadPlan plan, string device)
    {
        private readonly int[] _promised = new int[LoadPlan.Parts];
        private readonly Dictionary<int, int> _underWay = [];
        private readonly HashSet<int> _maybeStored = [];
        private readonly HashSet<int> _acknowledged = [];
        private int _taken = LoadPlan.First - 1;
        private int _newestSent;

        public int Take() => ++_taken;

        public void Begin(int number)
        {
            _underWay[number] = _underWay.GetValueOrDefault(number) + 1;
            _newestSent = Math.Max(_newestSent, number);
        }

        /// <returns>What is wrong with the answer.</returns>
        public string? End(int number, Answer answer)
        {
            if (--_underWay[number] == 0) _underWay.Remove(number);
            if (answer.MayBeStored) _maybeStored.Add(number);
            if (!answer.IsStored) return null;
            _acknowledged.Add(number);

            // What is superseded lost against something newer. Nothing of it is promised: the newer one is, with an answer of its own.
            if (answer.Superseded > 0)
                return _newestSent > number ? null : $"{device} number {number}: {answer.Superseded} rows superseded, though nothing newer was sent";
            for (var part = 0; part < LoadPlan.Parts; part++)
            {
                if (plan.Names(device, number, part)) _promised[part] = Math.Max(_promised[part], number);
            }

            return null;
        }

        public int[] Promised() => [.. _promised];

        public bool MayBeStored(int number) => _maybeStored.Contains(number) || _underWay.GetValueOrDefault(number) > 0;

        public bool IsAcknowledged(int number) => _acknowledged.Contains(number);
    }
}
