using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ingest.Persistence.Health;

internal sealed class DeviceRewindRow
{
    public required string WorkspaceId { get; init; }

    public required string DeviceId { get; init; }

    public required DateTimeOffset Since { get; init; }

    public required DateOnly FromDay { get; init; }

    public required string Reason { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public string? Outcome { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<DeviceRewindRow>
    {
        public void Configure(EntityTypeBuilder<DeviceRewindRow> builder)
        {
            builder.ToTable("device_rewinds");
            builder.HasKey(rewind => new { rewind.WorkspaceId, rewind.DeviceId, rewind.Since });
            builder.Property(rewind => rewind.WorkspaceId).HasColumnName("workspace_id").HasColumnType("text");
            builder.Property(rewind => rewind.DeviceId).HasColumnName("device_id").HasColumnType("text");
            builder.Property(rewind => rewind.Since).HasColumnName("since");
            builder.Property(rewind => rewind.FromDay).HasColumnName("from_day");
            builder.Property(rewind => rewind.Reason).HasColumnName("reason");
            builder.Property(rewind => rewind.EndedAt).HasColumnName("ended_at");
            builder.Property(rewind => rewind.Outcome).HasColumnName("outcome");
        }
    }
}
