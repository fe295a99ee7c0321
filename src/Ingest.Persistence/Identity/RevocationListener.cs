using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Ingest.Persistence.Identity;

/// <summary>
/// Holds one connection that listens for revocations, and asks it a cheap question every so often. Postgres hands a
/// session its notifications before it answers, so an answer proves that all sent before the question have arrived; a
/// connection that merely looks open (a firewall dropped it, a machine is gone) proves nothing and is not believed.
/// </summary>
/// <remarks>Needs a session of its own: a pooler that shares sessions between transactions loses notifications.</remarks>
internal sealed partial class RevocationListener(NpgsqlDataSource dataSource, KeyCache cache, TimeProvider time, ILogger<RevocationListener> log)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = FirstPause;
        var reported = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(
                    () =>
                    {
                        if (reported) LogBack(log);
                        reported = false;
                        pause = FirstPause;
                    },
                    stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failure)
            {
                if (!reported) LogLost(log, DatabaseFailure.Reason(failure));
                reported = true;
            }
            finally
            {
                cache.ChannelLost();
            }

            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 > LongestPause ? LongestPause : pause * 2;
        }
    }

    private async Task ListenAsync(Action proven, CancellationToken stopping)
    {
        await using var connection = await WithinAsync(token => dataSource.OpenConnectionAsync(token).AsTask(), stopping);
        connection.Notification += (_, _) => cache.Forget();
        await using (var listen = new NpgsqlCommand($"LISTEN {IdentityChannel.Name}", connection))
        {
            await WithinAsync(listen.ExecuteNonQueryAsync, stopping);
        }

        // What was revoked while nobody listened was not heard.
        cache.Forget();

        await using var question = new NpgsqlCommand(StillListening, connection);
        while (true)
        {
            var askedAt = time.GetTimestamp();
            if (await WithinAsync(question.ExecuteScalarAsync, stopping) is not true)
            {
                throw new InvalidOperationException("The database session stopped listening; is a transaction pooler in between?");
            }

            cache.ChannelProven(askedAt);
            proven();
            await connection.WaitAsync(Interval, stopping);
        }
    }

    private async Task<T> WithinAsync<T>(Func<CancellationToken, Task<T>> step, CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, limit.Token);
        return await step(either.Token);
    }

    private const string StillListening = $"SELECT '{IdentityChannel.Name}' IN (SELECT pg_listening_channels())";

    [LoggerMessage(Level = LogLevel.Warning, Message = "Revocations are not heard at once; until the channel is back each key is read again every second: {Reason}")]
    private static partial void LogLost(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Revocations are heard at once again.")]
    private static partial void LogBack(ILogger logger);
}
