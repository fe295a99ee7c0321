using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Ingest.Domain.Tests.Ledger;

/// <summary>Runs a script of the repository with python3; without it a test is skipped on a laptop and fails where CI is set.</summary>
internal static class Python
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<(int ExitCode, string Output)> RunAsync(string input, params string[] arguments)
    {
        var start = new ProcessStartInfo("python3")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
            Environment = { ["PYTHONUTF8"] = "1" },
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Start(start);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        enough.CancelAfter(Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(enough.Token);
            var errors = process.StandardError.ReadToEndAsync(enough.Token);
            await process.StandardInput.WriteAsync(input.AsMemory(), enough.Token);
            process.StandardInput.Close();
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
        const string absent = "python3 is not installed: the independent implementation of the digest cannot be compared.";
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception) when (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI")))
        {
            Assert.Skip(absent);
            throw;
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException(absent, missing);
        }
    }
}
