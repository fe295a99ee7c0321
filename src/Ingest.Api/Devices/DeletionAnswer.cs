using Ingest.Domain.Devices;

namespace Ingest.Api.Devices;

/// <summary>The receipt of a deletion. Nothing in the database names the device any more: keep it, if it shall be known later.</summary>
/// <param name="DeviceId">The device that was deleted.</param>
/// <param name="DeletedAt">When.</param>
/// <param name="AuditEntryId">The entry of the audit log that says so, without the device's id.</param>
/// <param name="Deleted">What went.</param>
internal sealed record DeletionAnswer(string DeviceId, DateTimeOffset DeletedAt, Guid AuditEntryId, ContentsAnswer Deleted)
{
    public static DeletionAnswer Of(DeletionReceipt receipt) => new(receipt.DeviceId, receipt.DeletedAt, receipt.EntryId, new ContentsAnswer(receipt.Contents));
}
