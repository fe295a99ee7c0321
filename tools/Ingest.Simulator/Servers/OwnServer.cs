using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Ingest.Simulator.Servers;

/// <summary>The built service as a child process with a database of its own, in development and on the simulation's clock.</summary>
internal sealed class OwnServer : IServer, IServerBackup, IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan StopPatience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    private readonly string _assembly;
    private readonly string _folder;
    private readonly string _rulesOff;
    private readonly HttpClient _client;
    private readonly List<string> _lastWords = [];
    private Process? _process;
    private Task<string> _backup = Task.FromResult("");

    private OwnServer(string assembly, string folder, string rulesOff)
    {
        (_assembly, _folder, _rulesOff) = (assembly, folder, rulesOff);
        Address = new Uri($"http://127.0.0.1:{FreePort()}/");
        _client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(30) };
        Clock = new DevelopmentClock(_client, Address);
    }

    public Uri Address { get; }

    public string WorkspaceId => "ws_simulation";

    public string Key { get; } = "budi_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));

    public IServerClock Clock { get; }

    public IServerBackup Backup => this;

    private string Data => Path.Combine(_folder, "data");

    private string Saved => Path.Combine(_folder, "backup");

    /// <param name="rulesOff">Names of rules to run without, with commas between; or empty.</param>
    public static async Task<OwnServer> StartAsync(ServiceAssembly service, string rulesOff, CancellationToken cancellation)
    {
        var server = new OwnServer(service.File, Directory.CreateTempSubdirectory("ingest-simulator-").FullName, rulesOff);
        try
        {
            // The private cluster of a service run by root belongs to another account, which has to get there.
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(
                    server._folder,
                    UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                    | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
            }

            await server.RunAsync(cancellation);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Begins it only: the fleet goes on meanwhile.</summary>
    public Task TakeAsync(CancellationToken cancellation)
    {
        _backup = VerbAsync(["backup", Saved, "--replace"], cancellation);
        return Task.CompletedTask;
    }

    /// <summary>As after the loss of the machine: into a database that was never there.</summary>
    public async Task RestoreAsync(CancellationToken cancellation)
    {
        await _backup;
        await StopWholeAsync(cancellation);
        Directory.Delete(Data, recursive: true);
        await VerbAsync(["restore", Saved], cancellation);
        await RunAsync(cancellation);
        await VerbAsync(["maintenance", "off"], cancellation);
    }

    /// <summary>Runs a verb beside the service.</summary>
    /// <returns>What it said.</returns>
    public async Task<string> VerbAsync(IEnumerable<string> arguments, CancellationToken cancellation)
    {
        using var process = Start(arguments);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0) throw new ServerException($"ingest {string.Join(' ', arguments)} ended with exit code {process.ExitCode}: {await error}");
        return await output;
    }

    public async ValueTask DisposeAsync()
    {
        await ((Task)_backup).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await StopAsync(CancellationToken.None);
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task RunAsync(CancellationToken cancellation)
    {
        _process = Start(["--urls", Address.GetLeftPart(UriPartial.Authority)]);
        _process.OutputDataReceived += (_, line) => Hear(line.Data);
        _process.ErrorDataReceived += (_, line) => Hear(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await ReadyAsync(_process, cancellation);
    }

    private Process Start(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };
        foreach (var argument in arguments.Prepend(_assembly)) start.ArgumentList.Add(argument);
        foreach (var (name, value) in Settings()) start.Environment[name] = value;
        return Process.Start(start) ?? throw new ServerException("dotnet could not be started.");
    }

    private IEnumerable<(string Name, string Value)> Settings() =>
    [
        ("DOTNET_ENVIRONMENT", "Development"),
        ("ASPNETCORE_ENVIRONMENT", "Development"),
        ("Development__Clock", "virtual"),
        ("Development__RulesOff", _rulesOff),
        ("ConnectionStrings__Ingest", ""),
        ("Embedded__DataDirectory", Data),
        ("Bootstrap__WorkspaceId", WorkspaceId),
        ("Bootstrap__ApiKey", Key),
        ("Limits__RequestsPerMinute", "0"),
        ("Limits__RowsPerMinute", "0"),
        ("Limits__DevicesPerWorkspace", "0"),
        ("Logging__LogLevel__Default", "Warning"),
    ];

    private async Task ReadyAsync(Process process, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < StartPatience)
        {
            if (process.HasExited) throw new ServerException($"The service ended with exit code {process.ExitCode}:{LastWords()}");
            try
            {
                using var answer = await _client.GetAsync(new Uri(Address, "health/ready"), cancellation);
                if (answer.StatusCode == HttpStatusCode.OK) return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(BetweenLooks, cancellation);
        }

        throw new ServerException($"The service was not ready after {StartPatience.TotalSeconds} s:{LastWords()}");
    }

    private async Task StopWholeAsync(CancellationToken cancellation)
    {
        if (!await StopAsync(cancellation)) throw new ServerException($"The service did not stop within {StopPatience.TotalSeconds} s:{LastWords()}");
    }

    /// <returns>Whether it stopped by itself.</returns>
    private async Task<bool> StopAsync(CancellationToken cancellation)
    {
        if (_process is not { } process) return true;
        _process = null;
        var byItself = true;
        if (!process.HasExited)
        {
            // A kill would leave the private database running; this lets the service stop it.
            if (!OperatingSystem.IsWindows()) await CommandAsync("kill", ["-TERM", process.Id.ToString()], cancellation);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            patience.CancelAfter(StopPatience);
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                byItself = false;
            }
        }

        process.Dispose();
        return byItself;
    }

    private static async Task CommandAsync(string name, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        using var process = Process.Start(name, arguments);
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0) throw new ServerException($"{name} {string.Join(' ', arguments)} ended with exit code {process.ExitCode}.");
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
