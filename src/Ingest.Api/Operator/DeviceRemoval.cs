using Ingest.Api.Devices;
using Ingest.Domain.Devices;

namespace Ingest.Api.Operator;

/// <summary>The answer of <c>device delete</c>.</summary>
/// <param name="WorkspaceId">The device's workspace.</param>
/// <param name="DeviceId">The device.</param>
/// <param name="DeletedAt">When it was deleted; null: it was not, this is what would go.</param>
/// <param name="AuditEntryId">The entry of the audit log.</param>
/// <param name="Contents">What went, or would go.</param>
internal sealed record DeviceRemoval(string WorkspaceId, string DeviceId, DateTimeOffset? DeletedAt, Guid? AuditEntryId, ContentsAnswer Contents)
{
    public static DeviceRemoval Of(string workspaceId, string deviceId, DeviceContents contents) => new(workspaceId, deviceId, null, null, new ContentsAnswer(contents));

    public static DeviceRemoval Of(string workspaceId, DeletionReceipt receipt) =>
        new(workspaceId, receipt.DeviceId, receipt.DeletedAt, receipt.EntryId, new ContentsAnswer(receipt.Contents));
}
