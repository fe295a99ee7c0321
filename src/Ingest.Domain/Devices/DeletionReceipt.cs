namespace Ingest.Domain.Devices;

/// <summary>That a device was deleted, and what went with it.</summary>
/// <param name="DeviceId">The device. It stands nowhere in the database any more.</param>
/// <param name="DeletedAt">When.</param>
/// <param name="EntryId">Of the audit log.</param>
/// <param name="Contents">What was deleted.</param>
public sealed record DeletionReceipt(string DeviceId, DateTimeOffset DeletedAt, Guid EntryId, DeviceContents Contents);
