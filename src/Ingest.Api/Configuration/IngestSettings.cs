using Ingest.Persistence.Upkeep;

namespace Ingest.Api.Configuration;

/// <summary>The configuration, read and checked once at start.</summary>
internal sealed record IngestSettings
{
    /// <summary>Null: an embedded cluster.</summary>
    public required string? ConnectionString { get; init; }

    /// <summary>Where devices reach this server: https, without a slash at the end.</summary>
    public required string? PublicUrl { get; init; }

    public required EmbeddedSettings Embedded { get; init; }

    public required BootstrapSettings? Bootstrap { get; init; }

    public required LimitSettings Limits { get; init; }

    public required int GraceDays { get; init; }

    public required RetentionPolicy Retention { get; init; }
}
