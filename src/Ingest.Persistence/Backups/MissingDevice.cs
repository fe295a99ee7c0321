namespace Ingest.Persistence.Backups;

/// <summary>A device that has not sent again all it has since a backup was restored.</summary>
/// <param name="Through">What was confirmed when the backup was taken; what it delivered later may be missing.</param>
/// <param name="LastContactAt">Its last attempt.</param>
/// <param name="Stage">How far it is.</param>
/// <param name="SentUpTo">The day it has come to, while it sends.</param>
public sealed record MissingDevice(
    string WorkspaceId, string DeviceId, string? Label, DateTimeOffset RestoredAt, DateOnly? Through, DateTimeOffset? LastContactAt, MissingStage Stage, DateOnly? SentUpTo);
