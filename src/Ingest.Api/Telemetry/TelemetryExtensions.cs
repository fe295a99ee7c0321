using Ingest.Api.Configuration;

namespace Ingest.Api.Telemetry;

internal static class TelemetryExtensions
{
    /// <summary>Counts always, which is next to free where nobody listens; exports where a collector is configured.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IngestSettings settings)
    {
        services.AddSingleton<EnvelopeCounters>();
        if (settings.OtlpEndpoint is not null) services.AddHostedService<TelemetryExport>();
        return services.AddHostedService<FleetGauges>();
    }
}
