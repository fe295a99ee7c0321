using System.ComponentModel;
using System.Diagnostics;
using Ingest.Testing;

namespace Ingest.Api.Tests.Clients;

/// <summary>Runs a script of the TypeScript client. Without npm, or its packages, a test is skipped on a laptop and fails where CI is set.</summary>
internal static class Npm
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static readonly string Folder = Repository.PathOf("clients", "typescript");

    public static async Task<(int ExitCode, string Output)> RunAsync(string script, params (string Name, string Value)[] environment)
    {
        if (!Directory.Exists(Path.Combine(Folder, "node_modules"))) Absent("The packages of the client are not installed: npm ci in clients/typescript.");
        var start = new ProcessStartInfo("npm", ["run", "--silent", script])
        {
            UseShellExecute = false,
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Start(start);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        enough.CancelAfter(Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(enough.Token);
            var errors = process.StandardError.ReadToEndAsync(enough.Token);
            await process.WaitForExitAsync(enough.Token);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Absent("npm is not installed: the generated client cannot be tried.");
            throw;
        }
    }

    private static void Absent(string what)
    {
        if (Environment.GetEnvironmentVariable("CI") is { Length: > 0 } ci && ci != "false") throw new InvalidOperationException(what);
        Assert.Skip(what);
    }
}
