using System.Diagnostics;
using Xunit;

namespace Ingest.Testing;

/// <summary>Waits for a condition and says how long it took.</summary>
public static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    public static async Task<TimeSpan> TrueAsync(Func<Task<bool>> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > Limit) throw new TimeoutException($"Waited {Limit} in vain until {what}.");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        return watch.Elapsed;
    }
}
