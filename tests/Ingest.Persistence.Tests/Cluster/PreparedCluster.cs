using System.Diagnostics;
using Ingest.Persistence.Cluster;

namespace Ingest.Persistence.Tests.Cluster;

/// <summary>One stopped cluster that tests copy where they are not about its making: initdb takes longer than most of them.</summary>
public sealed class PreparedCluster : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "ingest-prepared-" + Guid.NewGuid().ToString("N")[..12]);
    private readonly Lazy<Task> _made;

    public PreparedCluster() => _made = new Lazy<Task>(MakeAsync);

    public async Task CopyToAsync(string folder)
    {
        await _made.Value;
        using var copy = Process.Start("cp", ["-a", _folder, folder]);
        await copy.WaitForExitAsync();
        copy.ExitCode.ShouldBe(0);
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private async Task MakeAsync() => await (await LocalCluster.StartAsync(new ClusterOptions(_folder) { Durable = false })).DisposeAsync();
}
