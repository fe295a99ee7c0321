using Ingest.Domain.Ledger;

namespace Ingest.Persistence.Envelopes;

/// <summary>A day on its way into the ledger, with its rows.</summary>
internal sealed record DayWrite(string WorkspaceId, string DeviceId, Guid AttemptId, DateTimeOffset At, DayChange Change)
{
    /// <summary>Names the earlier version, where one is kept.</summary>
    public Guid? VersionId { get; } = Change.Version is null ? null : Guid.CreateVersion7(At);
}
