namespace Ingest.Persistence.Upkeep;

/// <summary>Work behind the scenes that can wait: done after a pause, again after another one, and never the end of the service.</summary>
public static class RecurringWork
{
    /// <param name="time">The clock of the pauses.</param>
    /// <param name="firstPause">Before the first time.</param>
    /// <param name="pauseAfterFailure">Before the next time when it failed.</param>
    /// <param name="work">Does it once, and says how long to wait before the next time; null when there is none.</param>
    /// <param name="failed">Is told of every failure.</param>
    /// <param name="stopping">Ends it.</param>
    public static async Task RunAsync(
        TimeProvider time,
        TimeSpan firstPause,
        TimeSpan pauseAfterFailure,
        Func<CancellationToken, Task<TimeSpan?>> work,
        Action<Exception> failed,
        CancellationToken stopping)
    {
        TimeSpan? pause = firstPause;
        while (pause is { } wait)
        {
            await Task.Delay(wait, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested) return;
            try
            {
                pause = await work(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                failed(failure);
                pause = pauseAfterFailure;
            }
        }
    }
}
