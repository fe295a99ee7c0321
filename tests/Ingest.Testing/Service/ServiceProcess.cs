using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Text.Json.Nodes;

namespace Ingest.Testing.Service;

/// <summary>
/// The built service as a process of its own, in production, with the workspace and the key of <see cref="IngestService"/>. It keeps its address
/// however often it is killed and started again.
/// </summary>
public sealed class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });
    private readonly (string Name, string Value)[] _settings;
    private readonly List<string> _log = [];
    private Process? _process;

    /// <param name="connectionString">The database; null has the service start a private one.</param>
    /// <param name="settings">Names and values as in the configuration table.</param>
    public ServiceProcess(string? connectionString, params (string Name, string Value)[] settings)
    {
        _settings = [("ConnectionStrings:Ingest", connectionString ?? ""), .. settings];
        Address = new Uri($"http://127.0.0.1:{FreePort()}");
    }

    /// <summary>The program, to run its verbs.</summary>
    public static string Program { get; } =
        typeof(ServiceProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "Service").Value!;

    public Uri Address { get; }

    public int ProcessId => Running.Id;

    /// <summary>The most memory it ever had resident; Linux tells.</summary>
    public long PeakBytes
    {
        get
        {
            const string Field = "VmHWM:";
            var line = File.ReadLines($"/proc/{ProcessId}/status").Single(line => line.StartsWith(Field, StringComparison.Ordinal));
            return long.Parse(line[Field.Length..].Trim().Split(' ')[0], CultureInfo.InvariantCulture) * 1024;
        }
    }

    private Process Running => _process ?? throw new InvalidOperationException("The service was not started.");

    public static async Task<ServiceProcess> StartAsync(string? connectionString, params (string Name, string Value)[] settings)
    {
        var service = new ServiceProcess(connectionString, settings);
        service.Start();
        try
        {
            await service.ReadyAsync();
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>What it has written to its console since it was started first.</summary>
    public IReadOnlyList<string> Log()
    {
        lock (_log) return [.. _log];
    }

    public void Start() => _process = Run(Hear, _settings, "--urls", Address.GetLeftPart(UriPartial.Authority));

    /// <summary>Runs a verb of the program on the database of the service.</summary>
    /// <returns>Its exit code and what it wrote.</returns>
    public async Task<(int ExitCode, string Output)> VerbAsync(params string[] arguments)
    {
        var output = new List<string>();
        using var process = Run(line => Add(output, line), _settings, arguments);
        await process.WaitForExitAsync();
        lock (output) return (process.ExitCode, string.Join('\n', output));
    }

    /// <summary>Without any warning: <c>kill -9</c>.</summary>
    public async Task KillAsync()
    {
        Running.Kill();
        await Running.WaitForExitAsync();
    }

    /// <summary>As a supervisor stops it: <c>kill -TERM</c>.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{ProcessId}"])) await kill.WaitForExitAsync();
        using var patience = new CancellationTokenSource(Patience);
        await Running.WaitForExitAsync(patience.Token);
        return Running.ExitCode;
    }

    /// <summary>Waits until the service says of itself that it is ready.</summary>
    public async Task<TimeSpan> ReadyAsync() => await Eventually.TrueAsync(
        async () =>
        {
            if (Running.HasExited)
                throw new InvalidOperationException($"The service ended with exit code {Running.ExitCode}:\n{string.Join('\n', Log().TakeLast(20))}");
            return await HealthAsync() == "ready";
        },
        "the service is ready",
        Patience);

    /// <summary>What the service says of its readiness; null where it does not answer.</summary>
    public async Task<string?> HealthAsync()
    {
        try
        {
            using var answer = await _client.GetAsync(new Uri(Address, "health/ready"));
            return JsonNode.Parse(await answer.Content.ReadAsStringAsync())?["status"]?.GetValue<string>();
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            try
            {
                // A kill would leave a private database running.
                await StopAsync();
            }
            catch (OperationCanceledException)
            {
                await KillAsync();
            }
        }

        _process?.Dispose();
        _client.Dispose();
    }

    private static Process Run(Action<string?> hear, IEnumerable<(string Name, string Value)> settings, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Program, .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };

        // Settings of the shell this was started from would make it another service.
        foreach (var name in start.Environment.Keys.Where(name => name.Contains("__", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        foreach (var (name, value) in Defaults.Concat(settings)) start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet could not be started.");
        process.OutputDataReceived += (_, line) => hear(line.Data);
        process.ErrorDataReceived += (_, line) => hear(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static IEnumerable<(string Name, string Value)> Defaults =>
    [
        ("DOTNET_ENVIRONMENT", "Production"),
        ("ASPNETCORE_ENVIRONMENT", "Production"),
        ("Bootstrap:WorkspaceId", IngestService.WorkspaceId),
        ("Bootstrap:ApiKey", IngestService.Key),
    ];

    private static void Add(List<string> lines, string? line)
    {
        if (line is null) return;
        lock (lines) lines.Add(line);
    }

    private void Hear(string? line) => Add(_log, line);

    /// <summary>Below the ports that the system hands out: while the service is dead, no connection of somebody else may take its port.</summary>
    private static int FreePort()
    {
        while (true)
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(20_000, 32_000));
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
                // Taken.
            }
        }
    }
}
