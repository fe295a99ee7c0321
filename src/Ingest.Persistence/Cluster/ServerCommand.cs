using System.ComponentModel;
using System.Diagnostics;

namespace Ingest.Persistence.Cluster;

/// <summary>Runs a program to its end, where needed as the account that owns the cluster.</summary>
internal static class ServerCommand
{
    /// <exception cref="ClusterException">The program could not be started at all.</exception>
    public static async Task<CommandResult> RunAsync(
        ServerAccount? account, string program, IReadOnlyList<string> arguments, CancellationToken cancellation, bool capture = true)
    {
        var (file, all) = account is null ? (program, arguments) : account.Wrap(program, arguments);
        using var process = Start(file, all, capture, environment: null);
        return await EndAsync(process, capture, cancellation);
    }

    /// <param name="program">A program that connects to a server.</param>
    /// <param name="arguments">For all to see; so nothing secret.</param>
    /// <param name="environment">Where to connect to, and as whom.</param>
    /// <param name="cancellation">Kills the program.</param>
    /// <exception cref="ClusterException">The program could not be started at all.</exception>
    public static async Task<CommandResult> RunAsync(
        string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, CancellationToken cancellation)
    {
        using var process = Start(program, arguments, capture: true, environment);
        return await EndAsync(process, capture: true, cancellation);
    }

    /// <summary>Starts a program whose streams the caller reads and writes.</summary>
    /// <exception cref="ClusterException">The program could not be started at all.</exception>
    public static Process Start(string program, IReadOnlyList<string> arguments, bool capture, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = capture,
            RedirectStandardError = capture,

            // The other account may not be allowed into the caller's folder, and Postgres gives up when it cannot enter its own.
            WorkingDirectory = Path.GetPathRoot(Environment.SystemDirectory) is { Length: > 0 } root ? root : "/",
        };

        // PGDATA, PGPORT and their like are meant for some other server, and messages are matched in English.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["LC_ALL"] = "C";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal)) start.Environment[name] = value;

        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception cause)
        {
            throw new ClusterException($"{start.FileName} could not be started: {cause.Message}", cause);
        }
    }

    private static async Task<CommandResult> EndAsync(Process process, bool capture, CancellationToken cancellation)
    {
        process.StandardInput.Close();
        try
        {
            if (!capture)
            {
                await process.WaitForExitAsync(cancellation);
                return new CommandResult(process.ExitCode, "");
            }

            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var error = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return new CommandResult(process.ExitCode, $"{await error}{await output}".Trim());
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
