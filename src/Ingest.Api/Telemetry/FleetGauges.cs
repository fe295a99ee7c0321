using System.Diagnostics.Metrics;
using System.Text.Json;
using Ingest.Domain;
using Ingest.Domain.Health;
using Ingest.Persistence.Upkeep;

namespace Ingest.Api.Telemetry;

/// <summary>How the whole fleet is doing. Asked of the database once a minute, and only where somebody listens; every instance tells the same.</summary>
internal sealed partial class FleetGauges : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private static readonly Dictionary<SyncState, KeyValuePair<string, object?>> StateTags = Enum.GetValues<SyncState>()
        .ToDictionary(state => state, state => new KeyValuePair<string, object?>("state", JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString())));

    private readonly IFleetReader _fleet;
    private readonly TimeProvider _time;
    private readonly ILogger<FleetGauges> _logger;
    private readonly ObservableGauge<long> _devices;
    private volatile FleetHealth? _last;

    public FleetGauges(IFleetReader fleet, IMeterFactory meters, TimeProvider time, ILogger<FleetGauges> logger)
    {
        (_fleet, _time, _logger) = (fleet, time, logger);
        var meter = meters.Create(IngestMeter.Name);
        _devices = meter.CreateObservableGauge("ingest.devices", Devices, "{device}", "Devices by the state of their sync.");
        meter.CreateObservableGauge("ingest.devices.missing", () => One(_last?.MissingDevices), "{device}", "Devices that have not sent again all they have since a backup was restored.");
        meter.CreateObservableGauge("ingest.rewinds.pending", () => One(_last?.PendingRewinds), "{device}", "Devices that are being told to send again.");
        meter.CreateObservableGauge("ingest.quarantined_rows", () => One(_last?.QuarantinedRows), "{row}", "Rows that were put aside because they break a rule.");
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RecurringWork.RunAsync(
        _time,
        TimeSpan.Zero,
        Interval,
        async stopping =>
        {
            _last = _devices.Enabled ? await _fleet.ReadAsync(_time.GetUtcNow(), stopping) : null;
            return Interval;
        },
        failure =>
        {
            // Old figures would look like news.
            _last = null;
            if (failure is StoreUnavailableException) Log.NotCounted(_logger, failure.Message);
            else Log.Failed(_logger, failure);
        },
        stoppingToken);

    private static IEnumerable<Measurement<long>> One(long? value) => value is { } known ? [new Measurement<long>(known)] : [];

    private IEnumerable<Measurement<long>> Devices() => _last is { } last
        ? StateTags.Select(state => new Measurement<long>(last.Devices.GetValueOrDefault(state.Key), state.Value))
        : [];

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "The devices could not be counted; tried again in a minute: {Reason}")]
        public static partial void NotCounted(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Error, "The devices could not be counted; tried again in a minute")]
        public static partial void Failed(ILogger logger, Exception failure);
    }
}
