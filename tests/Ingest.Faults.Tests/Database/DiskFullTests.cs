using System.Diagnostics;
using Ingest.Faults.Tests.Load;
using Ingest.Testing.Service;
using Npgsql;

namespace Ingest.Faults.Tests.Database;

/// <summary>A file system that is as small as it has to be, with the private Postgres on it.</summary>
public sealed class DiskFullTests
{
    [Fact]
    [Fault(FaultArea.Database, "The disk of Postgres is full under load, and has room again", "P1 P3 P7")]
    public async Task A_full_disk_is_a_503_and_over_by_itself_once_there_is_room()
    {
        var mount = await OwnPostgres.FolderAsync();
        Directory.CreateDirectory(mount);
        var isMounted = await RunAsync("mount", "-t", "tmpfs", "-o", "size=224m,mode=755", "none", mount);
        if (!isMounted) Directory.Delete(mount);
        Assert.SkipUnless(isMounted, "A small file system can be mounted by root only, and not in every container.");
        try
        {
            await FillAndFreeAsync(mount);
        }
        finally
        {
            (await RunAsync("umount", mount)).ShouldBeTrue();
            Directory.Delete(mount);
        }
    }

    private static async Task FillAndFreeAsync(string mount)
    {
        var data = Path.Combine(mount, "data");
        await using var service = await ServiceProcess.StartAsync(null, [.. Settings.Unlimited, ("Embedded:DataDirectory", data)]);
        await using var database = NpgsqlDataSource.Create(new PostgresProcess(data).ConnectionString);
        await using var load = EnvelopeLoad.Start(LoadPlan.Of(devices: 16), service.Address);
        var (times, longest) = (FaultRun.Times(1, 5), TimeSpan.Zero);
        for (var time = 0; time < times; time++)
        {
            await load.AcknowledgedAsync(100);
            using var hold = load.HoldHalf();
            var refused = load.RefusedAsync(200);
            var ballast = Path.Combine(mount, "ballast");
            while (!refused.IsCompleted)
            {
                Fill(ballast);
                await Task.WhenAny(refused, load.AcknowledgedAsync(20));
            }

            File.Delete(ballast);
            var watch = Stopwatch.StartNew();
            await load.AcknowledgedAsync(100);
            longest = watch.Elapsed > longest ? watch.Elapsed : longest;
            await StoredParts.ShouldAgreeAsync(database, load.History);
        }

        await service.ReadyAsync();
        await load.StopAsync();
        await StoredParts.ShouldAgreeAsync(database, load.History);
        FaultRun.Report(
            $"{times} times full",
            $"{load.History.Acknowledged} acknowledged, {load.History.Unanswered} answered 503, 0 lost, 0 in part; "
            + $"storing again {longest.TotalSeconds:0.0} s after there was room");
    }

    /// <summary>Takes what room there is.</summary>
    private static void Fill(string path)
    {
        var megabyte = new byte[1024 * 1024];
        for (var size = megabyte.Length; size >= 1024; size /= 2)
        {
            try
            {
                while (true)
                {
                    using var file = new FileStream(path, FileMode.Append);
                    file.Write(megabyte, 0, size);
                }
            }
            catch (IOException)
            {
                // Full, for pieces of this size.
            }
        }
    }

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }
}
