using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ingest.Persistence.Identity;

internal sealed class WorkspaceRow
{
    public required string WorkspaceId { get; init; }

    public required string Name { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public int Revision { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<WorkspaceRow>
    {
        public void Configure(EntityTypeBuilder<WorkspaceRow> builder)
        {
            builder.ToTable("workspaces");
            builder.HasKey(workspace => workspace.WorkspaceId);
            builder.Property(workspace => workspace.WorkspaceId).HasColumnName("workspace_id").HasColumnType("text");
            builder.Property(workspace => workspace.Name).HasColumnName("name");
            builder.Property(workspace => workspace.CreatedAt).HasColumnName("created_at");
            builder.Property(workspace => workspace.Revision).HasColumnName("revision");
        }
    }
}
