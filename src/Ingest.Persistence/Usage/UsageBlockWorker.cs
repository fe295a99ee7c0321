using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ingest.Persistence.Usage;

/// <summary>Makes blocks of the days that answers had to read row by row, one after the other, so that the next answer need not.</summary>
internal sealed partial class UsageBlockWorker(UsageBlockStore blocks, ILogger<UsageBlockWorker> logger) : BackgroundService
{
    /// <summary>What does not fit is asked for again with the next answer.</summary>
    private const int MostWaiting = 4_096;

    private readonly Channel<(string WorkspaceId, DateOnly Day)> _wanted = Channel.CreateBounded<(string, DateOnly)>(
        new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    private readonly ConcurrentDictionary<(string WorkspaceId, DateOnly Day), bool> _waiting = new();

    /// <summary>Asks for the block of a day. Never waits.</summary>
    public void Want(string workspaceId, DateOnly day)
    {
        if (_waiting.TryAdd((workspaceId, day), true) && !_wanted.Writer.TryWrite((workspaceId, day))) _waiting.TryRemove((workspaceId, day), out _);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var (workspaceId, day) in _wanted.Reader.ReadAllAsync(stoppingToken))
        {
            _waiting.TryRemove((workspaceId, day), out _);
            try
            {
                await blocks.BuildAsync(workspaceId, day, evenIfRecent: false, stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // Nothing is lost: the day is read row by row until somebody asks again.
                if (DatabaseFailure.Explains(failure)) Log.NotBuilt(logger, day, DatabaseFailure.Reason(failure));
                else Log.Failed(logger, day, failure);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The usage of {Day} could not be prepared, so that it is added up row by row: {Reason}")]
        public static partial void NotBuilt(ILogger logger, DateOnly day, string reason);

        [LoggerMessage(LogLevel.Error, "The usage of {Day} could not be prepared, so that it is added up row by row")]
        public static partial void Failed(ILogger logger, DateOnly day, Exception failure);
    }
}
