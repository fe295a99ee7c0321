using Ingest.Api.Configuration;
using Ingest.Api.Health;
using Ingest.Domain;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Migrations;
using Npgsql;

namespace Ingest.Api.Startup;

/// <summary>
/// Makes the database fit to serve, and keeps asking whether it still is. The first round is over before the port opens: a key that
/// is configured but not created yet would otherwise be answered 401, which stops a stock daemon for good.
/// </summary>
internal sealed partial class Preparation(
    NpgsqlDataSource database,
    IdentityStore identity,
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
        catch (Exception failure) when (failure is StoreUnavailableException or NpgsqlException or TimeoutException or IOException)
        {
            found = new Readiness.DatabaseAway(_isPrepared);
            if (before is not Readiness.DatabaseAway) Log.DatabaseAway(logger, failure.Message);
        }

        if (found is Readiness.Ready && before is not (Readiness.Ready or Readiness.Starting)) Log.Ready(logger);
        if (found != before) readiness.Report(found);
    }

    private async Task<Readiness> FindOutAsync(Readiness before, CancellationToken cancellation)
    {
        if (before is Readiness.Ready)
        {
            await using var probe = database.CreateCommand("SELECT 1");
            await probe.ExecuteScalarAsync(cancellation);
            return before;
        }

        // The private cluster has no operator of its own; in any other database the schema changes when its operator says so.
        if (settings.ConnectionString is null) await Migrator.MigrateAsync(database, time, cancellation);
        var schema = await Migrator.GetStateAsync(database, cancellation);
        var fit = Readiness.Of(schema);
        if (fit is not Readiness.Ready)
        {
            if (before.GetType() != fit.GetType()) Log.SchemaUnfit(logger, schema.Status, string.Join(", ", schema.Migrations));
            return fit;
        }

        if (!_isPrepared)
        {
            if (settings.Bootstrap is { } bootstrap) await identity.BootstrapAsync(bootstrap.WorkspaceId, bootstrap.ApiKey, cancellation);
            else if (settings.ConnectionString is null) firstStart.Key = await identity.FirstStartAsync(cancellation);
            _isPrepared = true;
        }

        return fit;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The database does not answer; the service waits for it and answers 503: {Reason}")]
        public static partial void DatabaseAway(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Warning, "The schema of the database is not this version's; it is {Status}: {Migrations}. If it is behind, run: ingest migrate")]
        public static partial void SchemaUnfit(ILogger logger, SchemaStatus status, string migrations);

        [LoggerMessage(LogLevel.Information, "The database answers; the service is ready")]
        public static partial void Ready(ILogger logger);
    }
}
