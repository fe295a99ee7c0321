using Ingest.Domain.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ingest.Persistence.Enrolments;

internal sealed class EnrolmentRow
{
    public required string WorkspaceId { get; init; }

    public required Guid EnrolmentId { get; init; }

    public required byte[] CodeHash { get; init; }

    public required Guid UserId { get; init; }

    /// <summary>The device it is for; where it is for a new one, the one it became.</summary>
    public string? DeviceId { get; init; }

    public string? Label { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    /// <summary>With whom it ends; null is an operator.</summary>
    public Guid? CreatedByUserId { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? RedeemedAt { get; init; }

    public Guid? KeyId { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public EnrolmentState StateAt(DateTimeOffset now) =>
        RedeemedAt is not null ? EnrolmentState.Redeemed
        : RevokedAt is not null ? EnrolmentState.Revoked
        : ExpiresAt <= now ? EnrolmentState.Expired
        : EnrolmentState.Open;

    internal sealed class Mapping : IEntityTypeConfiguration<EnrolmentRow>
    {
        public void Configure(EntityTypeBuilder<EnrolmentRow> builder)
        {
            builder.ToTable("enrolments");
            builder.HasKey(enrolment => new { enrolment.WorkspaceId, enrolment.EnrolmentId });
            builder.Property(enrolment => enrolment.WorkspaceId).HasColumnName("workspace_id").HasColumnType("text");
            builder.Property(enrolment => enrolment.EnrolmentId).HasColumnName("enrolment_id");
            builder.Property(enrolment => enrolment.CodeHash).HasColumnName("code_hash");
            builder.Property(enrolment => enrolment.UserId).HasColumnName("user_id");
            builder.Property(enrolment => enrolment.DeviceId).HasColumnName("device_id").HasColumnType("text");
            builder.Property(enrolment => enrolment.Label).HasColumnName("label");
            builder.Property(enrolment => enrolment.CreatedAt).HasColumnName("created_at");
            builder.Property(enrolment => enrolment.CreatedBy).HasColumnName("created_by");
            builder.Property(enrolment => enrolment.CreatedByUserId).HasColumnName("created_by_user_id");
            builder.Property(enrolment => enrolment.ExpiresAt).HasColumnName("expires_at");
            builder.Property(enrolment => enrolment.RedeemedAt).HasColumnName("redeemed_at");
            builder.Property(enrolment => enrolment.KeyId).HasColumnName("key_id");
            builder.Property(enrolment => enrolment.RevokedAt).HasColumnName("revoked_at");
        }
    }
}
