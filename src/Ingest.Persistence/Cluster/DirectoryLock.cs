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
            // Closed to other users, who could otherwise hold it for ever.
            var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            if (!shared)
                return new DirectoryLock(new FileStream(path, options));

            // A shared lock is one on a file opened to be read only, which has to exist.
            options.Share = FileShare.ReadWrite;
            if (!File.Exists(path))
                new FileStream(path, options).Dispose();
            return new DirectoryLock(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read));
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
