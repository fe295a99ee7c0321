using Ingest.Domain.Identity;
using Ingest.Persistence.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ingest.Persistence.Invites;

internal sealed class InviteRow
{
    public required string WorkspaceId { get; init; }

    public required Guid InviteId { get; init; }

    public required byte[] TokenHash { get; init; }

    public required UserRole Role { get; init; }

    public string? Note { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    /// <summary>With whom it ends; null is an operator.</summary>
    public Guid? CreatedByUserId { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required int MostUses { get; init; }

    public int Uses { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public InviteState StateAt(DateTimeOffset now) =>
        RevokedAt is not null ? InviteState.Revoked
        : Uses >= MostUses ? InviteState.Used
        : ExpiresAt <= now ? InviteState.Expired
        : InviteState.Open;

    internal sealed class Mapping : IEntityTypeConfiguration<InviteRow>
    {
        public void Configure(EntityTypeBuilder<InviteRow> builder)
        {
            builder.ToTable("invites");
            builder.HasKey(invite => new { invite.WorkspaceId, invite.InviteId });
            builder.Property(invite => invite.WorkspaceId).HasColumnName("workspace_id").HasColumnType("text");
            builder.Property(invite => invite.InviteId).HasColumnName("invite_id");
            builder.Property(invite => invite.TokenHash).HasColumnName("token_hash");
            builder.Property(invite => invite.Role).HasColumnName("role")
                .HasConversion(role => UserRoleColumn.Write(role), text => UserRoleColumn.Read(text));
            builder.Property(invite => invite.Note).HasColumnName("note");
            builder.Property(invite => invite.CreatedAt).HasColumnName("created_at");
            builder.Property(invite => invite.CreatedBy).HasColumnName("created_by");
            builder.Property(invite => invite.CreatedByUserId).HasColumnName("created_by_user_id");
            builder.Property(invite => invite.ExpiresAt).HasColumnName("expires_at");
            builder.Property(invite => invite.MostUses).HasColumnName("most_uses");
            builder.Property(invite => invite.Uses).HasColumnName("uses");
            builder.Property(invite => invite.RevokedAt).HasColumnName("revoked_at");
        }
    }
}
