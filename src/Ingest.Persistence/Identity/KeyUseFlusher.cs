using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ingest.Persistence.Identity;

/// <summary>Writes the uses of keys behind, and the last of them when the service stops.</summary>
internal sealed partial class KeyUseFlusher(KeyUseRecorder recorder, TimeProvider time, ILogger<KeyUseFlusher> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PatienceAtStop = TimeSpan.FromSeconds(3);

    private bool _failing;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        using var limit = new CancellationTokenSource(PatienceAtStop, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        await FlushAsync(everything: true, either.Token);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await FlushAsync(everything: false, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // StopAsync writes the rest.
        }
    }

    private async Task FlushAsync(bool everything, CancellationToken cancellation)
    {
        try
        {
            await recorder.FlushAsync(everything, cancellation);
            _failing = false;
        }
        catch (Exception failure)
        {
            // Once per outage: a database that is away for an hour is one line here, not 3 600.
            if (!_failing) LogNotWritten(log, DatabaseFailure.Reason(failure));
            _failing = true;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "When keys were last used could not be written; it is kept and tried again: {Reason}")]
    private static partial void LogNotWritten(ILogger logger, string reason);
}
