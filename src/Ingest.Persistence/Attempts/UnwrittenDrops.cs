using Ingest.Domain.Privacy;

namespace Ingest.Persistence.Attempts;

/// <summary>Fields that a device sent and may not, counted here and not written yet.</summary>
internal sealed record UnwrittenDrops(DeviceContact Contact, string WorkspaceId, string DeviceId, DroppedFields Fields, DateTimeOffset LastAt)
{
    public IEnumerable<DroppedCount> Counts() => Fields.Counts().Select(count => new DroppedCount(WorkspaceId, DeviceId, count.Field.Name, count.Times, LastAt));
}
