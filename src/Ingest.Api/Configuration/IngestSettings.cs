using System.Net;
using Ingest.Domain.Ledger;
using Ingest.Domain.Privacy;
using Ingest.Persistence.Upkeep;
using Ingest.Persistence.Usage;

namespace Ingest.Api.Configuration;

/// <summary>The configuration, read and checked once at start.</summary>
internal sealed record IngestSettings
{
    /// <summary>Null: an embedded cluster.</summary>
    public required string? ConnectionString { get; init; }

    /// <summary>Where devices reach this server: https, without a slash at the end.</summary>
    public required string? PublicUrl { get; init; }

    /// <summary>Proxies whose X-Forwarded-* headers are believed.</summary>
    public required IReadOnlyList<IPNetwork> TrustedProxies { get; init; }

    /// <summary>Keys are taken over plain HTTP too, from everywhere.</summary>
    public required bool AllowPlainHttp { get; init; }

    public required EmbeddedSettings Embedded { get; init; }

    public required BootstrapSettings? Bootstrap { get; init; }

    public required LimitSettings Limits { get; init; }

    public required LedgerPolicy Ledger { get; init; }

    /// <summary>Look-backs this instance gives out in a minute.</summary>
    public required int LookBacksPerMinute { get; init; }

    /// <summary>Where metrics and traces go; null: nowhere.</summary>
    public required string? OtlpEndpoint { get; init; }

    public required DevelopmentSettings Development { get; init; }

    public int GraceDays => Ledger.GraceDays;

    public required FreeTextPolicy FreeText { get; init; }

    public required RetentionPolicy Retention { get; init; }

    public required UsagePolicy Usage { get; init; }
}
