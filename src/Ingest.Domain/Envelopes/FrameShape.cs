namespace Ingest.Domain.Envelopes;

/// <summary>
/// All of a frame that its rules look at. There are few of them, however many envelopes come: one that was found right need not be
/// judged again.
/// </summary>
/// <param name="DuplicateField">The first envelope-level field that stood twice.</param>
/// <param name="HasDeviceId">Whether there is a text that is not blank.</param>
/// <param name="DeviceIdIsValid">Whether it has the form of a device id.</param>
/// <param name="NamesWorkspace">Whether the field that counts for the workspace holds a text that is not empty.</param>
public readonly record struct FrameShape(
    string? DuplicateField,
    bool HasDeviceId,
    bool DeviceIdIsValid,
    FieldShape WorkspaceId,
    bool NamesWorkspace,
    FieldShape SyncedAt,
    FieldShape Payload,
    FieldShape DailyRollups,
    FieldShape SessionSummaries,
    FieldShape WindowSummaries);
