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
        var start = new ProcessStartInfo(file, all)
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

        using var process = Start(start);
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

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception cause)
        {
            throw new ClusterException($"{start.FileName} could not be started: {cause.Message}", cause);
        }
    }
}
