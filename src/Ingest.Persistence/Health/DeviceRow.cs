using Ingest.Domain.Identity;
using Ingest.Persistence.Devices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ingest.Persistence.Health;

internal sealed class DeviceRow
{
    public required string WorkspaceId { get; init; }

    public required string DeviceId { get; init; }

    public required Guid OwnerUserId { get; init; }

    public string? Label { get; init; }

    public string? Name { get; init; }

    public required DateTimeOffset FirstContactAt { get; init; }

    public DeviceStanding Standing { get; init; }

    public DateOnly? ConfirmedDay { get; init; }

    public DateOnly? ContinuesAfter { get; init; }

    public required long QuarantinedRows { get; init; }

    public DateOnly? RewindFrom { get; init; }

    public string? RewindReason { get; init; }

    public DateTimeOffset? RestoredAt { get; init; }

    public DateOnly? RestoredThrough { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<DeviceRow>
    {
        public void Configure(EntityTypeBuilder<DeviceRow> builder)
        {
            builder.ToTable("devices");
            builder.HasKey(device => new { device.WorkspaceId, device.DeviceId });
            builder.Property(device => device.WorkspaceId).HasColumnName("workspace_id").HasColumnType("text");
            builder.Property(device => device.DeviceId).HasColumnName("device_id").HasColumnType("text");
            builder.Property(device => device.OwnerUserId).HasColumnName("owner_user_id");
            builder.Property(device => device.Label).HasColumnName("label");
            builder.Property(device => device.Name).HasColumnName("name");
            builder.Property(device => device.FirstContactAt).HasColumnName("first_contact_at");
            builder.Property(device => device.Standing).HasColumnName("standing")
                .HasConversion(standing => DeviceStandingColumn.Write(standing), text => DeviceStandingColumn.Read(text));
            builder.Property(device => device.ConfirmedDay).HasColumnName("confirmed_day");
            builder.Property(device => device.ContinuesAfter).HasColumnName("continues_after");
            builder.Property(device => device.QuarantinedRows).HasColumnName("quarantined_rows");
            builder.Property(device => device.RewindFrom).HasColumnName("rewind_from");
            builder.Property(device => device.RewindReason).HasColumnName("rewind_reason");
            builder.Property(device => device.RestoredAt).HasColumnName("restored_at");
            builder.Property(device => device.RestoredThrough).HasColumnName("restored_through");
        }
    }
}
