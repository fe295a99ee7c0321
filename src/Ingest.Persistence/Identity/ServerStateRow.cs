using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ingest.Persistence.Identity;

internal sealed class ServerStateRow
{
    public required bool OnlyRow { get; init; }

    public DateTimeOffset? MaintenanceSince { get; init; }

    public DateTimeOffset? BootstrappedAt { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<ServerStateRow>
    {
        public void Configure(EntityTypeBuilder<ServerStateRow> builder)
        {
            builder.ToTable("server_state");
            builder.HasKey(state => state.OnlyRow);
            builder.Property(state => state.OnlyRow).HasColumnName("only_row").ValueGeneratedNever();
            builder.Property(state => state.MaintenanceSince).HasColumnName("maintenance_since");
            builder.Property(state => state.BootstrappedAt).HasColumnName("bootstrapped_at");
        }
    }
}
