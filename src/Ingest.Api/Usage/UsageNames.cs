using Ingest.Domain.Usage;

namespace Ingest.Api.Usage;

/// <summary>Dimensions, filters and measures as addresses and answers name them.</summary>
internal static class UsageNames
{
    public static readonly IReadOnlyList<(UsageDimension Dimension, string Name)> Dimensions =
    [
        (UsageDimension.Day, "day"), (UsageDimension.Device, "device"), (UsageDimension.Member, "member"), (UsageDimension.Provider, "provider"),
        (UsageDimension.Model, "model"), (UsageDimension.Repo, "repo"), (UsageDimension.Branch, "branch"), (UsageDimension.Ticket, "ticket"),
        (UsageDimension.Surface, "surface"), (UsageDimension.Role, "role"),
    ];

    /// <summary>Parameters that choose what is added up, each named as the field it is about.</summary>
    public static readonly IReadOnlyList<(UsageDimension Dimension, string Name)> Filters =
    [
        (UsageDimension.Device, "device_id"), (UsageDimension.Member, "user_id"), (UsageDimension.Provider, "provider"), (UsageDimension.Model, "model"),
        (UsageDimension.Repo, "repo_id"), (UsageDimension.Branch, "git_branch"), (UsageDimension.Ticket, "ticket"), (UsageDimension.Surface, "surface"),
        (UsageDimension.Role, "role"),
    ];

    public static readonly IReadOnlyList<(UsageMeasure Measure, string Name)> Measures =
    [
        (UsageMeasure.CostEffective, "cost_cents_effective"), (UsageMeasure.CostIngested, "cost_cents_ingested"), (UsageMeasure.Messages, "message_count"),
        (UsageMeasure.Tokens, "tokens"),
    ];

    public static string Of(UsageDimension dimension) => Dimensions.First(known => known.Dimension == dimension).Name;
}
