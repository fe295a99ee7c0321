using System.ComponentModel.DataAnnotations;
using Ingest.Api.Queries;
using Ingest.Domain.Merging;

namespace Ingest.Api.Merging;

/// <summary>What it does, or would do, to take two ids for one device. No stored row changes, only which of them are added up.</summary>
internal sealed record MergeAnswer
{
    /// <summary>The former id.</summary>
    public required string DeviceId { get; init; }

    /// <summary>The id it is merged into.</summary>
    public required string Into { get; init; }

    /// <summary><c>continue</c>: a day that several ids hold counts once, from the newest snapshot. <c>supersede</c>: nothing under the former id counts.</summary>
    [AllowedValues("continue", "supersede")]
    public required string As { get; init; }

    /// <summary>All ids that are one device then.</summary>
    public required IReadOnlyList<string> Members { get; init; }

    /// <summary>Of all these ids.</summary>
    public required SumsChangeAnswer Group { get; init; }

    /// <summary>Of the whole workspace.</summary>
    public required SumsChangeAnswer Workspace { get; init; }

    /// <summary>Days that counted under both ids until then, ascending, at most 400 of them.</summary>
    public required IReadOnlyList<SharedDayAnswer> SharedDays { get; init; }

    /// <summary>How many such days there are.</summary>
    public required int SharedDayCount { get; init; }

    public static MergeAnswer Of(MergePreview preview) => new()
    {
        DeviceId = preview.Merge.DeviceId,
        Into = preview.Merge.IntoDeviceId,
        As = preview.Merge.Kind.WireName(),
        Members = preview.Members,
        Group = new SumsChangeAnswer(new SumsAnswer(preview.Sums.GroupBefore), new SumsAnswer(preview.Sums.GroupAfter)),
        Workspace = new SumsChangeAnswer(new SumsAnswer(preview.Sums.WorkspaceBefore), new SumsAnswer(preview.Sums.WorkspaceAfter)),
        SharedDays = [.. preview.SharedDays.Take(MergeLimits.SharedDays).Select(SharedDayAnswer.Of)],
        SharedDayCount = preview.SharedDays.Count,
    };
}
