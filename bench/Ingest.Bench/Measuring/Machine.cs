using System.Diagnostics;
using System.Globalization;
using Ingest.Bench.Cluster;

namespace Ingest.Bench.Measuring;

/// <summary>What the figures were taken on: without it they say nothing.</summary>
internal sealed record Machine(string Processor, int Cores, long MemoryBytes, string Kernel, string Postgres, double FsyncMilliseconds)
{
    private const int Writes = 200;

    public static async Task<Machine> LookAsync(BenchCluster cluster, CancellationToken cancellation)
    {
        await using var command = cluster.Administrator.CreateCommand("SHOW server_version");
        var version = (string)(await command.ExecuteScalarAsync(cancellation))!;
        return new Machine(
            FieldOf("/proc/cpuinfo", "model name") ?? "unknown processor",
            Environment.ProcessorCount,
            long.Parse(FieldOf("/proc/meminfo", "MemTotal")!.Split(' ')[0], CultureInfo.InvariantCulture) * 1024,
            (await File.ReadAllTextAsync("/proc/sys/kernel/osrelease", cancellation)).Trim(),
            version.Split(' ')[0],
            MedianFsync(cluster.Folder));
    }

    public override string ToString() =>
        $"{Processor}, {Cores} cores, {MemoryBytes / 1e9:0.0} GB, Linux {Kernel}, PostgreSQL {Postgres}, an fsync of 8 KiB takes {FsyncMilliseconds:0.00} ms";

    private static string? FieldOf(string file, string name) => File.ReadLines(file)
        .FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim();

    private static double MedianFsync(string folder)
    {
        var path = Path.Combine(folder, "fsync");
        var page = new byte[8192];
        var times = new List<double>();
        using (var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.None, page.Length))
        {
            for (var write = 0; write < Writes; write++)
            {
                var started = Stopwatch.GetTimestamp();
                RandomAccess.Write(file, page, 0);
                RandomAccess.FlushToDisk(file);
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }

        File.Delete(path);
        times.Sort();
        return times[Writes / 2];
    }
}
