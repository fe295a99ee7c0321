using System.Net.Http.Headers;
using System.Net.Sockets;
using Ingest.Testing.Service;

namespace Ingest.Faults.Tests.Load;

/// <summary>Devices that post one envelope after the other over real HTTP, whatever happens to the service, and keep every answer.</summary>
internal sealed class EnvelopeLoad : IAsyncDisposable
{
    /// <summary>Envelopes of a device that are sent in an order of their own.</summary>
    private const int Block = 4;

    /// <summary>As long as a stock daemon waits for its answer (C§3.1).</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Between a refusal and the next try; a stock daemon waits for seconds.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>A client that catches up is no flood: the service would rightly refuse more than it takes in at once.</summary>
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 64 }) { Timeout = Patience };
    private readonly Uri[] _addresses;
    private readonly CancellationTokenSource _end = new();
    private Task _posting = Task.CompletedTask;
    private volatile TaskCompletionSource? _hold;

    private EnvelopeLoad(LoadPlan plan, Uri[] addresses)
    {
        (_addresses, History) = (addresses, new History(plan));
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", IngestService.Key);

        // Complete by day, as a stock daemon is.
        _client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", "ureq/3.3.0");
    }

    public History History { get; }

    private LoadPlan Plan => History.Plan;

    /// <summary>Each device posts in the order of its clock, an envelope after the answer to the one before.</summary>
    public static EnvelopeLoad Start(LoadPlan plan, params Uri[] addresses) => Start(plan, addresses, async (load, device) =>
    {
        var random = new Random(device);
        await load.PostFirstAsync(plan.DeviceOf(device), random);
        await load.PostInOrderAsync(plan.DeviceOf(device), random);
    });

    /// <summary>Two connections a device, any order, envelopes that come again with their rows shuffled, now to this instance and now to that one.</summary>
    public static EnvelopeLoad StartShuffled(LoadPlan plan, int seed, params Uri[] addresses) => Start(plan, addresses, async (load, device) =>
    {
        var random = new Random(seed * 1_000 + device);
        await load.PostFirstAsync(plan.DeviceOf(device), random);
        await Task.WhenAll(
            load.PostShuffledAsync(plan.DeviceOf(device), new Random(random.Next())), load.PostShuffledAsync(plan.DeviceOf(device), new Random(random.Next())));
    });

    /// <summary>As many envelopes a second as are asked for, over all devices in turn.</summary>
    /// <param name="plan">What they say.</param>
    /// <param name="perSecond">Envelopes.</param>
    /// <param name="answered">Told of each answer when it was due to be asked for.</param>
    /// <param name="addresses">Of the instances.</param>
    public static EnvelopeLoad StartPaced(LoadPlan plan, double perSecond, Action<long> answered, params Uri[] addresses)
    {
        var pace = new Pace(perSecond);
        return Start(plan, addresses, (load, device) => load.PostPacedAsync(plan.DeviceOf(device), new Random(device), pace, answered));
    }

    /// <summary>Completes once so many more envelopes were acknowledged: the load flows.</summary>
    public Task AcknowledgedAsync(long more) => History.AcknowledgedAsync(more).WaitAsync(TimeSpan.FromMinutes(2));

    /// <summary>Completes once so many more envelopes were refused, or not answered at all.</summary>
    public Task RefusedAsync(long more) => History.UnansweredAsync(more).WaitAsync(TimeSpan.FromMinutes(2));

    /// <summary>
    /// Right behind a fault, has half of the devices begin nothing new until it is disposed: what was acknowledged to them last has to be there when it is
    /// over, and nothing newer hides that it is not.
    /// </summary>
    public IDisposable HoldHalf()
    {
        var hold = new Hold(this);
        _hold = hold.Released;
        return hold;
    }

    /// <summary>Waits for the answers that are still due.</summary>
    public async Task StopAsync()
    {
        await _end.CancelAsync();
        _hold?.TrySetResult();
        await _posting;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _client.Dispose();
        _end.Dispose();
    }

    /// <summary>The first envelope names all parts. Later ones are late as a whole or not at all where every part stands there already.</summary>
    private async Task PostFirstAsync(string device, Random random)
    {
        var number = History.Take(device);
        while (!_end.IsCancellationRequested && !(await PostAsync(Any(random), device, number)).IsStored) await PauseAsync();
    }

    private static EnvelopeLoad Start(LoadPlan plan, Uri[] addresses, Func<EnvelopeLoad, int, Task> post)
    {
        var load = new EnvelopeLoad(plan, addresses);
        load._posting = Task.WhenAll(Enumerable.Range(0, plan.Devices).Select(device => post(load, device)).ToList());
        return load;
    }

    private async Task PostInOrderAsync(string device, Random random)
    {
        var number = 0;
        for (var isStored = true; !_end.IsCancellationRequested;)
        {
            // A daemon sends again what was not acknowledged: the same bytes, or the state it has meanwhile.
            if (isStored || random.Next(2) == 0) number = History.Take(device);
            isStored = (await PostAsync(Any(random), device, number)).IsStored;
            if (!isStored) await PauseAsync();
        }
    }

    private async Task PostPacedAsync(string device, Random random, Pace pace, Action<long> answered)
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                var due = await pace.NextAsync(_end.Token);
                await PostAsync(Any(random), device, History.Take(device));
                answered(due);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task PostShuffledAsync(string device, Random random)
    {
        while (!_end.IsCancellationRequested)
        {
            var block = Enumerable.Range(0, Block).Select(_ => History.Take(device)).ToList();
            if (block[0] > Block) block.Add(block[0] - random.Next(1, Block));
            foreach (var number in block.OrderBy(_ => random.Next()).ToList())
            {
                if (_end.IsCancellationRequested) return;
                if (!(await PostAsync(Any(random), device, number, random)).IsStored) await PauseAsync();
            }
        }
    }

    private Uri Any(Random random) => _addresses[random.Next(_addresses.Length)];

    private async Task<Answer> PostAsync(Uri address, string device, int number, Random? order = null)
    {
        using var content = new ByteArrayContent(Plan.Body(device, number, order));
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, "/v1/ingest")) { Content = content };
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        if (_hold is { } hold && device[^1] % 2 == 0) await hold.Task;
        History.Begin(device, number);
        Answer answer;
        try
        {
            using var response = await _client.SendAsync(request);
            answer = await Answer.ReadAsync(response);
        }
        catch (HttpRequestException broken)
        {
            answer = Answer.None(broken.HttpRequestError);
        }
        catch (Exception broken) when (broken is IOException or SocketException or OperationCanceledException)
        {
            answer = Answer.None(HttpRequestError.Unknown);
        }

        History.End(device, number, answer);
        return answer;
    }

    private async Task PauseAsync()
    {
        try
        {
            await Task.Delay(Pause, _end.Token);
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private sealed class Hold(EnvelopeLoad load) : IDisposable
    {
        public TaskCompletionSource Released { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Dispose()
        {
            load._hold = null;
            Released.TrySetResult();
        }
    }
}
