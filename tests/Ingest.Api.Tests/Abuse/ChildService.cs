using System.Diagnostics;
using System.Globalization;
using System.Net;
using Ingest.Testing.Postgres;
using Ingest.Testing.Service;

namespace Ingest.Api.Tests.Abuse;

/// <summary>The service as a process of its own, whose memory is nobody else's.</summary>
internal sealed class ChildService : IAsyncDisposable
{
    private readonly Process _process;

    private ChildService(Process process, Uri address)
    {
        (_process, Address) = (process, address);
        Client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = address };
        Client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer " + IngestService.Key);
    }

    public Uri Address { get; }

    /// <summary>Sends the manager's key.</summary>
    public HttpClient Client { get; }

    /// <summary>The most memory it ever had resident.</summary>
    public long PeakBytes => Memory("VmHWM:");

    public static async Task<ChildService> StartAsync(TestDatabase database, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "ingest.dll"), "--urls", "http://127.0.0.1:0"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        (string, string)[] own =
        [
            ("ConnectionStrings__Ingest", database.ConnectionString), ("Bootstrap__WorkspaceId", IngestService.WorkspaceId), ("Bootstrap__ApiKey", IngestService.Key),
            ("Logging__LogLevel__Default", "None"), ("Logging__LogLevel__Ingest", "None"),
        ];
        foreach (var (name, value) in own.Concat(settings)) start.Environment[name] = value;
        const string Listening = "Ingest listens on ";
        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null) address.TrySetException(new InvalidOperationException("The service ended before it listened."));
            else if (line.Data.StartsWith(Listening, StringComparison.Ordinal)) address.TrySetResult(new Uri(line.Data[Listening.Length..]));
        };
        process.BeginOutputReadLine();
        return new ChildService(process, await address.Task);
    }

    public async Task<HttpStatusCode> PostAsync(byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        using var answer = await Client.PostAsync(new Uri("/v1/ingest", UriKind.Relative), content, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    /// <summary>Ends it as a supervisor does: what is written behind reaches the database.</summary>
    public async Task StopAsync()
    {
        if (_process.HasExited) return;
        using (var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await StopAsync();
        _process.Dispose();
    }

    private long Memory(string field)
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").Single(line => line.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line[field.Length..].Trim().Split(' ')[0], CultureInfo.InvariantCulture) * 1024;
    }
}
