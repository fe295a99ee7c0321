using System.ComponentModel.DataAnnotations;
using Ingest.Domain.Merging;

namespace Ingest.Api.Merging;

/// <summary>Two devices of one person that may be one.</summary>
internal sealed record DuplicateAnswer
{
    /// <summary>The one that looks like the former id: it has been away for longer.</summary>
    public required DuplicateDeviceAnswer Device { get; init; }

    /// <summary>The one that looks like the id it has now.</summary>
    public required DuplicateDeviceAnswer Into { get; init; }

    /// <summary>Days that both hold, with the very same usage.</summary>
    public required int EqualDays { get; init; }

    /// <summary>Days that both hold, with other usage.</summary>
    public required int DifferentDays { get; init; }

    /// <summary>Sessions that both sent.</summary>
    public required int SharedSessions { get; init; }

    /// <summary>As what the one would be merged into the other.</summary>
    [AllowedValues("continue")]
    public required string Proposal { get; init; }

    public static DuplicateAnswer Of(DuplicateCandidate candidate) => new()
    {
        Device = DuplicateDeviceAnswer.Of(candidate.Former),
        Into = DuplicateDeviceAnswer.Of(candidate.Present),
        EqualDays = candidate.EqualDays,
        DifferentDays = candidate.DifferentDays,
        SharedSessions = candidate.SharedSessions,
        Proposal = MergeKind.Continue.WireName(),
    };
}
