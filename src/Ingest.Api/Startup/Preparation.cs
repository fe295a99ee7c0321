using Ingest.Api.Configuration;
using Ingest.Api.Health;
using Ingest.Domain;
using Ingest.Persistence;
using Ingest.Persistence.Cluster;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Migrations;

namespace Ingest.Api.Startup;

/// <summary>
/// Makes the database fit to serve, and keeps asking whether it still is. The first round is over before the port opens: a key that
/// is configured but not created yet would otherwise be answered 401, which stops a stock daemon for good.
/// </summary>
internal sealed partial class Preparation(
    ServerDatabase database,
    ServerSetup setup,
    IngestSettings settings,
    ServerReadiness readiness,
    FirstStart firstStart,
    TimeProvider time,
    ILogger<Preparation> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private bool _isPrepared;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await LookAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        var before = readiness.Current;
        Readiness found;
        try
        {
            found = await FindOutAsync(before, cancellation);
        }
        catch (StoreUnavailableException failure)
        {
            found = new Readiness.DatabaseAway(_isPrepared);
            if (before is not Readiness.DatabaseAway) Log.DatabaseAway(logger, failure.Message);
            await ReviveAsync(cancellation);
        }

        if (found is Readiness.Ready && before is not (Readiness.Ready or Readiness.Starting)) Log.Ready(logger);
        if (found != before) readiness.Report(found);
    }

    private async Task ReviveAsync(CancellationToken cancellation)
    {
        try
        {
            await database.ReviveAsync(cancellation);
        }
        catch (ClusterException failure)
        {
            Log.NotRevived(logger, failure.Message);
        }
    }

    private async Task<Readiness> FindOutAsync(Readiness before, CancellationToken cancellation)
    {
        if (before is Readiness.Ready)
        {
            await database.ProbeAsync(cancellation);
            return before;
        }

        // The private cluster has no operator of its own; in any other database the schema changes when its operator says so.
        if (database.IsEmbedded) await database.MigrateAsync(time, cancellation);
        var schema = await database.GetSchemaAsync(cancellation);
        var fit = Readiness.Of(schema);
        if (fit is not Readiness.Ready)
        {
            if (before.GetType() != fit.GetType()) Log.SchemaUnfit(logger, schema.Status, string.Join(", ", schema.Migrations));
            return fit;
        }

        if (!await database.EnterSecondWallAsync(cancellation)) Log.NoSecondWall(logger);
        if (!_isPrepared)
        {
            if (settings.Bootstrap is { } bootstrap) await setup.BootstrapAsync(bootstrap.WorkspaceId, bootstrap.ApiKey, cancellation);
            else if (database.IsEmbedded) firstStart.Key = await setup.FirstStartAsync(cancellation);
            _isPrepared = true;
        }

        return fit;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The database does not answer; the service waits for it and answers 503. {Reason}")]
        public static partial void DatabaseAway(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Warning, "The schema of the database is not this version's; it is {Status}: {Migrations}. If it is behind, run: ingest migrate")]
        public static partial void SchemaUnfit(ILogger logger, SchemaStatus status, string migrations);

        [LoggerMessage(LogLevel.Warning, "Row-level security does not bind this service: only its own statements keep workspaces apart. docs/operations.md, \"The second wall\", says how to put it up")]
        public static partial void NoSecondWall(ILogger logger);

        [LoggerMessage(LogLevel.Error, "The private Postgres cluster could not be started again, which is tried every second: {Reason}")]
        public static partial void NotRevived(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Information, "The database answers; the service is ready")]
        public static partial void Ready(ILogger logger);
    }
}
