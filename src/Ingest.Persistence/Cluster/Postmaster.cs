using System.Globalization;

namespace Ingest.Persistence.Cluster;

/// <summary>What a running (or killed) server wrote about itself into <c>postmaster.pid</c>.</summary>
internal sealed record Postmaster(int ProcessId, int Port, string SocketDirectory, string ListenAddress, bool Ready)
{
    /// <summary>Null where there is no such file, or it is just being written.</summary>
    public static Postmaster? Read(string clusterDirectory)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(Path.Combine(clusterDirectory, "postmaster.pid"));
        }
        catch (Exception cause) when (cause is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        // Lines: pid, data directory, start time, port, socket directory, address, shared memory, status.
        return lines.Length >= 6
            && int.TryParse(lines[0], CultureInfo.InvariantCulture, out var process)
            && int.TryParse(lines[3], CultureInfo.InvariantCulture, out var port)
            ? new Postmaster(process, port, lines[4].Trim(), lines[5].Trim(), lines.Length >= 8 && lines[7].Trim() == "ready")
            : null;
    }
}
