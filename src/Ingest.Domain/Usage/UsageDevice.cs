namespace Ingest.Domain.Usage;

/// <summary>A device whose usage is counted, and up to where that can be relied on.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="Label">Its name for people.</param>
/// <param name="ConfirmedDay">Up to where the device was told that its days are stored.</param>
/// <param name="CompleteThrough">The last day that is complete, or null where none is.</param>
public sealed record UsageDevice(string DeviceId, string? Label, DateOnly? ConfirmedDay, DateOnly? CompleteThrough);
