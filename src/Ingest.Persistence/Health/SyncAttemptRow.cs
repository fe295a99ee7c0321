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
        }
    }
}
