using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ingest.Persistence.Health;

internal sealed class DeviceContactRow
{
    public required string WorkspaceId { get; init; }

    public required string DeviceId { get; init; }

    public required Guid KeyId { get; init; }

    public required Guid LastAttemptId { get; init; }

    public required DateTimeOffset LastAttemptAt { get; init; }

    public required short LastHttpStatus { get; init; }

    public string? LastCode { get; init; }

    public string? LastDetail { get; init; }

    public DateTimeOffset? LastStoredAt { get; init; }

    public DateTimeOffset? FailingSince { get; init; }

    public DateTimeOffset? HealthySince { get; init; }

    public long? ClockSkewMs { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<DeviceContactRow>
    {
        public void Configure(EntityTypeBuilder<DeviceContactRow> builder)
        {
            builder.ToTable("device_contacts");
            builder.HasKey(contact => new { contact.WorkspaceId, contact.DeviceId });
            builder.Property(contact => contact.WorkspaceId).HasColumnName("workspace_id").HasColumnType("text");
            builder.Property(contact => contact.DeviceId).HasColumnName("device_id").HasColumnType("text");
            builder.Property(contact => contact.KeyId).HasColumnName("key_id");
            builder.Property(contact => contact.LastAttemptId).HasColumnName("last_attempt_id");
            builder.Property(contact => contact.LastAttemptAt).HasColumnName("last_attempt_at");
            builder.Property(contact => contact.LastHttpStatus).HasColumnName("last_http_status");
            builder.Property(contact => contact.LastCode).HasColumnName("last_code");
            builder.Property(contact => contact.LastDetail).HasColumnName("last_detail");
            builder.Property(contact => contact.LastStoredAt).HasColumnName("last_stored_at");
            builder.Property(contact => contact.FailingSince).HasColumnName("failing_since");
            builder.Property(contact => contact.HealthySince).HasColumnName("healthy_since");
            builder.Property(contact => contact.ClockSkewMs).HasColumnName("clock_skew_ms");
        }
    }
}
