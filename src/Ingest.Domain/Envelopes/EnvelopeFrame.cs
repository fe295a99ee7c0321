namespace Ingest.Domain.Envelopes;

/// <summary>The envelope without its rows, as sent: nothing here is known to be right yet.</summary>
public sealed record EnvelopeFrame
{
    /// <summary>The version as it stood in the body (at most 20 characters), for the sentence that refuses it.</summary>
    public string SchemaVersionText { get; set; } = "missing";

    public long? SchemaVersion { get; set; }

    public string? DeviceId { get; set; }

    public FieldShape WorkspaceIdShape { get; set; }

    public string? WorkspaceId { get; set; }

    /// <summary>The name daemons up to 8.5.1 send the workspace under (C§5 AD).</summary>
    public string? OrgId { get; set; }

    public Sent<string> Label { get; set; }

    public FieldShape SyncedAtShape { get; set; }

    public DateTimeOffset? SyncedAt { get; set; }

    public FieldShape Payload { get; set; }

    /// <summary>The rows that are no rollups, as they stood in the body.</summary>
    public RunningHash OtherRows { get; } = new();

    public FieldShape DailyRollups { get; set; }

    public FieldShape SessionSummaries { get; set; }

    public FieldShape WindowSummaries { get; set; }

    /// <summary>The first envelope-level field that stood twice.</summary>
    public string? DuplicateField { get; set; }

    /// <summary>The workspace, from where older daemons put it if it is not where newer ones do.</summary>
    public string? Workspace => WorkspaceIdShape == FieldShape.Present ? WorkspaceId : OrgId;

    public FrameShape ShapeWith(bool validDeviceId) => new(
        DuplicateField, !string.IsNullOrWhiteSpace(DeviceId), validDeviceId, WorkspaceIdShape, !string.IsNullOrEmpty(Workspace), SyncedAtShape, Payload, DailyRollups,
        SessionSummaries, WindowSummaries);
}
