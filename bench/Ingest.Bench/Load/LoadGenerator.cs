using System.Diagnostics;
using System.Net;
using System.Text;

namespace Ingest.Bench.Load;

/// <summary>
/// Sends a load from one thread over many connections. It shares the machine with what it measures, so it does as little as possible.
/// </summary>
internal sealed class LoadGenerator : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly LoadConnection[] _connections;
    private readonly PollDescriptor[] _descriptors;

    /// <param name="servers">The connections are dealt out over them in turn.</param>
    /// <param name="connections">How many.</param>
    public LoadGenerator(IReadOnlyList<IPEndPoint> servers, int connections)
    {
        _connections = [.. Enumerable.Range(0, connections).Select(number => new LoadConnection(servers[number % servers.Count]))];
        _descriptors = [.. _connections.Select(connection => new PollDescriptor { Descriptor = connection.Descriptor, Wanted = Poll.Readable })];
    }

    /// <summary>On a thread of its own: it waits in the kernel.</summary>
    public Task<LoadResult> RunAsync(Workload workload, Pace pace, CancellationToken cancellation) =>
        Task.Factory.StartNew(() => Run(workload, pace, cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public void Dispose()
    {
        foreach (var connection in _connections) connection.Dispose();
    }

    private LoadResult Run(Workload workload, Pace pace, CancellationToken cancellation)
    {
        workload.Begin(_connections.Length);
        var result = new LoadResult();
        var started = Stopwatch.GetTimestamp();
        var schedule = new SendSchedule(pace, started);
        var left = Enumerable.Range(0, _connections.Length).Select(number => pace is Pace.Once ? workload.OnceAround(number) : int.MaxValue).ToArray();
        var idle = new Queue<int>(Enumerable.Range(0, _connections.Length).Where(number => left[number] > 0));
        var busy = 0;
        var lastHeard = started;
        var inTime = 0;
        var answer = default(HttpAnswer);
        while (true)
        {
            var now = Stopwatch.GetTimestamp();
            while (idle.Count > 0 && schedule.TryTake(now, out var intendedAt))
            {
                var number = idle.Dequeue();
                left[number]--;
                busy++;
                _connections[number].Send(workload.Next(number), intendedAt);
                Watch(number);
            }

            if (busy == 0 && (idle.Count == 0 || schedule.IsOver(now))) break;
            Poll.Wait(_descriptors, idle.Count > 0 ? schedule.NanosecondsToNext(now) : 100_000_000);
            cancellation.ThrowIfCancellationRequested();
            for (var number = 0; number < _descriptors.Length; number++)
            {
                if (_descriptors[number].Happened == 0) continue;
                var connection = _connections[number];
                if (connection.WantsToSend) connection.GoOnSending();
                var isAnswered = (_descriptors[number].Happened & ~Poll.Writable) != 0 && connection.TryReceive(out answer);
                Watch(number);
                if (!isAnswered) continue;
                lastHeard = Stopwatch.GetTimestamp();
                if (answer.Status == 200 && !schedule.IsOver(lastHeard)) inTime++;
                Take(result, connection, answer, lastHeard - connection.IntendedAt);
                busy--;
                if (left[number] > 0) idle.Enqueue(number);
            }

            if (busy > 0 && Stopwatch.GetElapsedTime(lastHeard) > Patience)
                throw new BenchException($"{busy} requests were not answered within {Patience.TotalSeconds} s.");
        }

        result.PerSecond = schedule.PerSecond(inTime, lastHeard - started);
        result.Unsent = schedule.Unsent;
        return result;
    }

    /// <summary>A connection that was closed comes back as another descriptor.</summary>
    private void Watch(int number) => _descriptors[number] = new PollDescriptor
    {
        Descriptor = _connections[number].Descriptor,
        Wanted = _connections[number].WantsToSend ? (short)(Poll.Readable | Poll.Writable) : Poll.Readable,
    };

    private static void Take(LoadResult result, LoadConnection connection, HttpAnswer answer, long ticks)
    {
        result.Answers++;
        if (answer.Status == 200) result.Latencies.Add(ticks);
        result.Statuses[answer.Status] = result.Statuses.GetValueOrDefault(answer.Status) + 1;
        result.Changed += answer.Changed;
        result.Unchanged += answer.Unchanged;
        if (answer.Status == 200 && (connection.Expected is not { } expected || (answer.Changed == expected.Changed && answer.Unchanged == expected.Unchanged))) return;
        if (answer is { Status: 429 or 503, HasRetryAfter: true }) result.Refused++;
        else result.Wrong++;
        result.Example ??= $"{answer.Status}: {Encoding.UTF8.GetString(connection.Body(answer)).ReplaceLineEndings(" ")}";
    }
}
