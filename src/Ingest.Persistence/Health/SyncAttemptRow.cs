using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ingest.Persistence.Health;

internal sealed class SyncAttemptRow
{
    public required string WorkspaceId { get; init; }

    public required string DeviceId { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public required Guid AttemptId { get; init; }

    /// <summary>When the last of the equal attempts arrived that this row counts.</summary>
    public required DateTimeOffset LastReceivedAt { get; init; }

    public required Guid KeyId { get; init; }

    public required short HttpStatus { get; init; }

    public string? Code { get; init; }

    public string? Detail { get; init; }

    /// <summary>How many equal attempts in a row this one stands for.</summary>
    public required int Attempts { get; init; }

    public short? SchemaVersion { get; init; }

    public DateTimeOffset? SyncedAt { get; init; }

    public DateOnly? Watermark { get; init; }

    public required long BodyBytes { get; init; }

    public required long DurationUs { get; init; }

    public required int Rollups { get; init; }

    public required int Sessions { get; init; }

    public required int Windows { get; init; }

    public required int Changed { get; init; }

    public required int Unchanged { get; init; }

    public required int Superseded { get; init; }

    public required int Rejected { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<SyncAttemptRow>
    {
        public void Configure(EntityTypeBuilder<SyncAttemptRow> builder)
        {
            builder.ToTable("sync_attempts");
            builder.HasKey(attempt => new { attempt.WorkspaceId, attempt.DeviceId, attempt.ReceivedAt, attempt.AttemptId });
            builder.Property(attempt => attempt.WorkspaceId).HasColumnName("workspace_id").HasColumnType("text");
            builder.Property(attempt => attempt.DeviceId).HasColumnName("device_id").HasColumnType("text");
            builder.Property(attempt => attempt.ReceivedAt).HasColumnName("received_at");
            builder.Property(attempt => attempt.LastReceivedAt).HasColumnName("last_received_at");
            builder.Property(attempt => attempt.AttemptId).HasColumnName("attempt_id");
            builder.Property(attempt => attempt.KeyId).HasColumnName("key_id");
            builder.Property(attempt => attempt.HttpStatus).HasColumnName("http_status");
            builder.Property(attempt => attempt.Code).HasColumnName("code");
            builder.Property(attempt => attempt.Detail).HasColumnName("detail");
            builder.Property(attempt => attempt.Attempts).HasColumnName("attempts");
            builder.Property(attempt => attempt.SchemaVersion).HasColumnName("schema_version");
            builder.Property(attempt => attempt.SyncedAt).HasColumnName("synced_at");
            builder.Property(attempt => attempt.Watermark).HasColumnName("watermark");
            builder.Property(attempt => attempt.BodyBytes).HasColumnName("body_bytes");
            builder.Property(attempt => attempt.DurationUs).HasColumnName("duration_us");
            builder.Property(attempt => attempt.Rollups).HasColumnName("rollups");
            builder.Property(attempt => attempt.Sessions).HasColumnName("sessions");
            builder.Property(attempt => attempt.Windows).HasColumnName("windows");
            builder.Property(attempt => attempt.Changed).HasColumnName("changed");
            builder.Property(attempt => attempt.Unchanged).HasColumnName("unchanged");
            builder.Property(attempt => attempt.Superseded).HasColumnName("superseded");
            builder.Property(attempt => attempt.Rejected).HasColumnName("rejected");
        }
    }
}
