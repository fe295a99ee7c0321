using Ingest.Domain.Health;
using Ingest.Persistence.Devices;
using Ingest.Persistence.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Ingest.Persistence.Attempts;

/// <summary>
/// Writes attempts and contacts behind the answers, a few times a second in one transaction: at once what is worth telling, and every
/// <see cref="DeviceContacts.Lazily"/> that all goes on as before. A stop writes everything, a crash loses what was not written yet.
/// </summary>
internal sealed partial class AttemptLog(NpgsqlDataSource database, DeviceContacts contacts, TimeProvider time, ILogger<AttemptLog> logger)
    : BackgroundService, IAttemptLog
{
    /// <summary>Rows of one statement.</summary>
    private const int LargestBatch = 2_000;

    private const int TriesAtStop = 3;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private bool _isAway;

    public void Record(SyncAttempt attempt) => contacts.Attempted(attempt);

    public async ValueTask<bool> WereRefusedBeforeAsync(string workspaceId, string deviceId, byte[] rejectedDigest, CancellationToken cancellation)
    {
        if (contacts.RefusedRows(workspaceId, deviceId) is { } refused) return rejectedDigest.AsSpan().SequenceEqual(refused);
        try
        {
            await using var batch = new ScopedBatch(database, WorkspaceScope.Of(workspaceId));
            var parameters = batch.Add(AttemptTables.LastRejectedDigest);
            parameters.Add(new NpgsqlParameter<string> { TypedValue = workspaceId });
            parameters.Add(new NpgsqlParameter<string> { TypedValue = deviceId });
            return await batch.ReadValueAsync(cancellation) is byte[] written && rejectedDigest.AsSpan().SequenceEqual(written);
        }
        catch (Exception failure) when (DatabaseFailure.Explains(failure))
        {
            throw new Domain.StoreUnavailableException("The database did not say what was refused before.", failure);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await FlushAsync(everything: false, stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // Stopping: what is left is written below, by StopAsync, when no request can add to it any more.
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);

        // A conflict passes, and nobody is left to try again later; a database that is away must not hold up the stop.
        for (var tried = 0; tried < TriesAtStop && !await FlushAsync(everything: true, cancellationToken); tried++)
        {
        }
    }

    /// <returns>Whether everything that had to be written is.</returns>
    private async Task<bool> FlushAsync(bool everything, CancellationToken cancellation)
    {
        while (true)
        {
            var unwritten = contacts.Take(LargestBatch, everything);
            if (unwritten.IsNone) return true;
            try
            {
                await using var batch = new ScopedBatch(database, WorkspaceScope.Of(unwritten.WorkspaceIds));
                batch.Add(DeviceDeletion.Wait(unwritten.WorkspaceIds));
                if (unwritten.NewRows.Count > 0) batch.Add(AttemptTables.Attempts.CommandFor(unwritten.NewRows));
                if (unwritten.NewRows.Count > 0) batch.Add(AttemptTables.WithoutDeleted(unwritten.NewRows));
                if (unwritten.CountedOn.Count > 0) batch.Add(AttemptTables.Count(unwritten.CountedOn));
                if (unwritten.Facts.Count > 0) batch.Add(AttemptTables.Contacts(unwritten.Facts));
                if (unwritten.Drops.Count > 0) batch.Add(AttemptTables.Dropped(unwritten.Drops));
                await batch.ExecuteAsync(cancellation);
                contacts.Wrote(unwritten);
                _isAway = false;
            }
            catch (Exception failure) when (IsPassing(failure))
            {
                contacts.NotWritten(unwritten);
                // Once an outage: this is tried several times a second.
                if (!_isAway) Log.NotWritten(logger, unwritten.Rows, unwritten.Facts.Count, failure.Message);
                _isAway = true;
                return false;
            }
            catch (Exception failure)
            {
                // Tried again it would fail again, and hold up all that come after it; let through it would end the whole service.
                contacts.GiveUp(unwritten);
                Log.GivenUp(logger, unwritten.Rows, unwritten.Facts.Count, failure);
            }

            // What came meanwhile waits for its turn: written in ever smaller transactions, nothing would be merged.
            if (!everything && unwritten.Rows < LargestBatch && unwritten.Facts.Count < LargestBatch) return true;
        }
    }

    /// <summary>Trouble with the database passes; a value that it, or its driver, refuses is refused for ever.</summary>
    private static bool IsPassing(Exception failure) => failure is OperationCanceledException
        || (DatabaseFailure.Cause(failure) is { } cause && cause is not PostgresException { SqlState: ['2', '2' or '3', ..] });

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Attempts} attempts and {Contacts} contacts are kept until the database takes them: {Reason}")]
        public static partial void NotWritten(ILogger logger, int attempts, int contacts, string reason);

        [LoggerMessage(LogLevel.Error, "{Attempts} attempts and {Contacts} contacts could not be written and are given up")]
        public static partial void GivenUp(ILogger logger, int attempts, int contacts, Exception failure);
    }
}
