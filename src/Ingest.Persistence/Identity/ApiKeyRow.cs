using Ingest.Domain.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ingest.Persistence.Identity;

internal sealed class ApiKeyRow
{
    public required string WorkspaceId { get; init; }

    public required Guid KeyId { get; init; }

    public required Guid UserId { get; init; }

    public required byte[] KeyHash { get; init; }

    public required string Prefix { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public DateTimeOffset? LastUsedAt { get; init; }

    public DateTimeOffset? LastPolledAt { get; init; }

    public Completeness CompleteBy { get; init; }

    public string? Name { get; init; }

    public string[] Scopes { get; init; } = [];

    /// <summary>The one device whose envelopes it may bring.</summary>
    public string? DeviceId { get; init; }

    /// <summary>Made for an owner: another acts as a manager's, whatever its person became since.</summary>
    public bool AsOwner { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public Guid? RotatedTo { get; init; }

    public DateTimeOffset? RotatedAt { get; init; }

    public int Revision { get; init; }

    internal sealed class Mapping : IEntityTypeConfiguration<ApiKeyRow>
    {
        public void Configure(EntityTypeBuilder<ApiKeyRow> builder)
        {
            builder.ToTable("api_keys");
            builder.HasKey(key => new { key.WorkspaceId, key.KeyId });
            builder.Property(key => key.WorkspaceId).HasColumnName("workspace_id").HasColumnType("text");
            builder.Property(key => key.KeyId).HasColumnName("key_id");
            builder.Property(key => key.UserId).HasColumnName("user_id");
            builder.Property(key => key.KeyHash).HasColumnName("key_hash");
            builder.Property(key => key.Prefix).HasColumnName("prefix");
            builder.Property(key => key.CreatedAt).HasColumnName("created_at");
            builder.Property(key => key.RevokedAt).HasColumnName("revoked_at");
            builder.Property(key => key.LastUsedAt).HasColumnName("last_used_at");
            builder.Property(key => key.LastPolledAt).HasColumnName("last_polled_at");
            builder.Property(key => key.Name).HasColumnName("name");
            builder.Property(key => key.Scopes).HasColumnName("scopes");
            builder.Property(key => key.DeviceId).HasColumnName("device_id").HasColumnType("text");
            builder.Property(key => key.AsOwner).HasColumnName("as_owner");
            builder.Property(key => key.ExpiresAt).HasColumnName("expires_at");
            builder.Property(key => key.RotatedTo).HasColumnName("rotated_to");
            builder.Property(key => key.RotatedAt).HasColumnName("rotated_at");
            builder.Property(key => key.Revision).HasColumnName("revision");
            builder.Property(key => key.CompleteBy).HasColumnName("complete_by")
                .HasConversion(completeBy => CompletenessColumn.Write(completeBy), text => CompletenessColumn.Read(text));
        }
    }
}
