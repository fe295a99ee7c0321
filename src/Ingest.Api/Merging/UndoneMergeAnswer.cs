using System.ComponentModel.DataAnnotations;
using Ingest.Api.Queries;
using Ingest.Domain.Merging;

namespace Ingest.Api.Merging;

/// <summary>A merge that was taken back.</summary>
internal sealed record UndoneMergeAnswer
{
    /// <summary>The id that is a device of its own again.</summary>
    public required string DeviceId { get; init; }

    /// <summary>The id it was merged into.</summary>
    public required string Into { get; init; }

    /// <summary>As what it was merged.</summary>
    [AllowedValues("continue", "supersede")]
    public required string As { get; init; }

    /// <summary>Of all ids that were one device.</summary>
    public required SumsChangeAnswer Group { get; init; }

    /// <summary>Of the whole workspace.</summary>
    public required SumsChangeAnswer Workspace { get; init; }

    public static UndoneMergeAnswer Of(UndoneMerge undone) => new()
    {
        DeviceId = undone.Merge.DeviceId,
        Into = undone.Merge.IntoDeviceId,
        As = undone.Merge.Kind.WireName(),
        Group = new SumsChangeAnswer(new SumsAnswer(undone.Sums.GroupBefore), new SumsAnswer(undone.Sums.GroupAfter)),
        Workspace = new SumsChangeAnswer(new SumsAnswer(undone.Sums.WorkspaceBefore), new SumsAnswer(undone.Sums.WorkspaceAfter)),
    };
}
