using Ingest.Domain.Reconciliation;

namespace Ingest.Domain.Sessions;

/// <summary>Which sessions are listed: of each field those with one of the values, any where there are none. Texts are those that are stored, to the letter.</summary>
/// <param name="Range">The UTC days something happened in them last.</param>
public sealed record SessionFilter(DayRange Range)
{
    /// <summary>What rollups call a model, a repository or a branch that is not known. Of a session it is null.</summary>
    public const string Untagged = "(untagged)";

    /// <summary>What usage calls no ticket.</summary>
    public const string NoTicket = "";

    /// <summary>Each with all its ids where it is the one the device has now, and a former one alone.</summary>
    public required IReadOnlySet<string> DeviceIds { get; init; }

    /// <summary>Whose devices.</summary>
    public required IReadOnlySet<string> UserIds { get; init; }

    public required IReadOnlySet<string> Providers { get; init; }

    /// <summary>The models that sessions used most.</summary>
    public required IReadOnlySet<string> Models { get; init; }

    public required IReadOnlySet<string> RepoIds { get; init; }

    public required IReadOnlySet<string> GitBranches { get; init; }

    public required IReadOnlySet<string> Tickets { get; init; }

    public required IReadOnlySet<string> Surfaces { get; init; }

    /// <summary>How it went on the whole; null is any.</summary>
    public string? OverallState { get; init; }
}
