namespace Ingest.Persistence.Cluster;

/// <summary>A lock that the operating system frees with the process that holds it, however that ends.</summary>
internal sealed class DirectoryLock : IDisposable
{
    private static readonly int[] InUse = OperatingSystem.IsWindows() ? [32, 33] : OperatingSystem.IsMacOS() ? [35] : [11];

    private readonly FileStream _file;

    private DirectoryLock(FileStream file) => _file = file;

    /// <summary>Null while another process (or another cluster of this one) holds it.</summary>
    public static DirectoryLock? TryTake(string path, bool shared = false)
    {
        try
        {
            // A shared lock is one on a file opened to be read only, which has to exist.
            if (shared && !File.Exists(path))
                File.Open(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite).Dispose();
            return new DirectoryLock(shared
                ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read)
                : new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException cause) when (InUse.Contains(cause.HResult & 0xFFFF))
        {
            return null;
        }
        catch (UnauthorizedAccessException cause)
        {
            throw new ClusterException(
                $"{path} cannot be opened: {cause.Message} The data directory belongs to another user; run this as the user of the service.", cause);
        }
    }

    /// <summary>Null when it is still held after <paramref name="patience"/>.</summary>
    public static async Task<DirectoryLock?> TakeAsync(string path, TimeSpan patience, CancellationToken cancellation)
    {
        var waiting = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            if (TryTake(path) is { } taken)
                return taken;
            if (waiting.Elapsed > patience)
                return null;
            await Task.Delay(50, cancellation);
        }
    }

    public void Dispose() => _file.Dispose();
}
