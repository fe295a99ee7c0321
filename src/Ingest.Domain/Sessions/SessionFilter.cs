using Ingest.Domain.Reconciliation;

namespace Ingest.Domain.Sessions;

/// <summary>Which sessions are listed; null is any. Texts are those that are stored, to the letter.</summary>
/// <param name="DeviceId">Of one device: of all its ids where this is the one it has now, or of a former one alone.</param>
/// <param name="OwnerUserId">Of the devices of one member.</param>
/// <param name="Range">The UTC days something happened in them last.</param>
public sealed record SessionFilter(string? DeviceId, Guid? OwnerUserId, DayRange Range)
{
    /// <summary>The tool.</summary>
    public string? Provider { get; init; }

    /// <summary>The model a session used most.</summary>
    public string? Model { get; init; }

    public string? RepoId { get; init; }

    public string? GitBranch { get; init; }

    public string? Ticket { get; init; }

    public string? Surface { get; init; }

    /// <summary>How it went on the whole.</summary>
    public string? OverallState { get; init; }
}
