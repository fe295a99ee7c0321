using Ingest.Domain.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ingest.Persistence.Identity;

internal sealed class UserRow
{
    public required string WorkspaceId { get; init; }

    public required Guid UserId { get; init; }

    public required string Name { get; init; }

    public required UserRole Role { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>A service is no person: it owns one key.</summary>
    public bool IsService { get; init; }

    public DateTimeOffset? RemovedAt { get; init; }

    public int Revision { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<UserRow>
    {
        public void Configure(EntityTypeBuilder<UserRow> builder)
        {
            builder.ToTable("users");
            builder.HasKey(user => new { user.WorkspaceId, user.UserId });
            builder.Property(user => user.WorkspaceId).HasColumnName("workspace_id").HasColumnType("text");
            builder.Property(user => user.UserId).HasColumnName("user_id");
            builder.Property(user => user.Name).HasColumnName("name");
            builder.Property(user => user.Role).HasColumnName("role")
                .HasConversion(role => UserRoleColumn.Write(role), text => UserRoleColumn.Read(text));
            builder.Property(user => user.CreatedAt).HasColumnName("created_at");
            builder.Property(user => user.IsService).HasColumnName("kind").HasConversion(isService => isService ? "service" : "person", text => text == "service");
            builder.Property(user => user.RemovedAt).HasColumnName("removed_at");
            builder.Property(user => user.Revision).HasColumnName("revision");
        }
    }
}
