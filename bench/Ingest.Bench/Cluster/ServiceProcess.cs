using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Ingest.Bench.Cluster;

/// <summary>The built service as a process of its own, in production and with its default settings but for what the load would be refused by.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    private readonly Process _process;
    private readonly List<string> _lastWords = [];

    private ServiceProcess(Process process, IPEndPoint address)
    {
        (_process, Address) = (process, address);
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public IPEndPoint Address { get; }

    public int ProcessId => _process.Id;

    public static async Task<ServiceProcess> StartAsync(string assembly, string connectionString, CancellationToken cancellation)
    {
        var address = new IPEndPoint(IPAddress.Loopback, FreePort());
        var start = new ProcessStartInfo("dotnet", [assembly, "--urls", $"http://{address}"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Settings of the shell this was started from would make it another service.
        foreach (var name in start.Environment.Keys.Where(name => name.Contains("__", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        foreach (var (name, value) in Settings(connectionString)) start.Environment[name] = value;
        var service = new ServiceProcess(Process.Start(start) ?? throw new BenchException("dotnet could not be started."), address);
        try
        {
            await service.ReadyAsync(cancellation);
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using (var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"])) await kill.WaitForExitAsync();
            using var patience = new CancellationTokenSource(StopPatience);
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
            }
        }

        _process.Dispose();
    }

    private static IEnumerable<(string Name, string Value)> Settings(string connectionString) =>
    [
        ("DOTNET_ENVIRONMENT", "Production"),
        ("ASPNETCORE_ENVIRONMENT", "Production"),
        ("ConnectionStrings__Ingest", connectionString),

        // A hundred devices of a real fleet share a key, but none of them posts as fast as this one does.
        ("Limits__RequestsPerMinute", "1000000"),
        ("Limits__RowsPerMinute", "100000000"),

        // The least there is. The load does not obey watermarks, and a device that was told to go back and does not would be written to with each answer.
        ("Ledger__LookBacksPerMinute", "1"),
    ];

    private async Task ReadyAsync(CancellationToken cancellation)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < StartPatience)
        {
            if (_process.HasExited) throw new BenchException($"The service ended with exit code {_process.ExitCode}:{LastWords()}");
            try
            {
                using var answer = await client.GetAsync(new Uri($"http://{Address}/health/ready"), cancellation);
                if (answer.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(BetweenLooks, cancellation);
        }

        throw new BenchException($"The service was not ready after {StartPatience.TotalSeconds} s:{LastWords()}");
    }

    private void Hear(string? line)
    {
        const int kept = 20;
        if (line is null) return;
        lock (_lastWords)
        {
            if (_lastWords.Count == kept) _lastWords.RemoveAt(0);
            _lastWords.Add(line);
        }
    }

    private string LastWords()
    {
        lock (_lastWords) return string.Concat(_lastWords.Select(line => Environment.NewLine + "  " + line));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
