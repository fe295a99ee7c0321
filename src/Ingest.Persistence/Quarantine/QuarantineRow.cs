using Ingest.Domain.Envelopes;
using Ingest.Domain.Quarantine;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ingest.Persistence.Quarantine;

internal sealed class QuarantineRow
{
    public required string WorkspaceId { get; init; }

    public required string DeviceId { get; init; }

    public required Guid Id { get; init; }

    public required string Kind { get; init; }

    public DateOnly? BucketDay { get; init; }

    public required string Path { get; init; }

    public required string Code { get; init; }

    public required string Message { get; init; }

    public required byte[] Raw { get; init; }

    public required short SchemaVersion { get; init; }

    public required int RulesVersion { get; init; }

    public required Guid AttemptId { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public QuarantinedRow ToDomain() => new()
    {
        Id = Id,
        DeviceId = DeviceId,
        Kind = RowKinds.OfWireName(Kind),
        BucketDay = BucketDay,
        Path = Path,
        Code = Code,
        Message = Message,
        Raw = Raw,
        SchemaVersion = SchemaVersion,
        RulesVersion = RulesVersion,
        AttemptId = AttemptId,
        ReceivedAt = ReceivedAt,
    };

    internal sealed class Mapping : IEntityTypeConfiguration<QuarantineRow>
    {
        public void Configure(EntityTypeBuilder<QuarantineRow> builder)
        {
            builder.ToTable("quarantined_rows");
            builder.HasKey(row => new { row.WorkspaceId, row.DeviceId, row.Id });
            builder.Property(row => row.WorkspaceId).HasColumnName("workspace_id").HasColumnType("text");
            builder.Property(row => row.DeviceId).HasColumnName("device_id").HasColumnType("text");
            builder.Property(row => row.Id).HasColumnName("id");
            builder.Property(row => row.Kind).HasColumnName("kind");
            builder.Property(row => row.BucketDay).HasColumnName("bucket_day");
            builder.Property(row => row.Path).HasColumnName("path");
            builder.Property(row => row.Code).HasColumnName("code");
            builder.Property(row => row.Message).HasColumnName("message");
            builder.Property(row => row.Raw).HasColumnName("raw");
            builder.Property(row => row.SchemaVersion).HasColumnName("schema_version");
            builder.Property(row => row.RulesVersion).HasColumnName("rules_version");
            builder.Property(row => row.AttemptId).HasColumnName("attempt_id");
            builder.Property(row => row.ReceivedAt).HasColumnName("received_at");
        }
    }
}
