using Ingest.Domain.Reconciliation;

namespace Ingest.Api.Reconciliation;

/// <summary>One change of a closed day, and what the day held before.</summary>
internal sealed record VersionAnswer : ChangeAnswer
{
    private VersionAnswer(ChangeAnswer change)
        : base(change)
    {
    }

    /// <summary>The live rows of the day before the change.</summary>
    public required IReadOnlyList<RollupAnswer> Rows { get; init; }

    public static VersionAnswer Of(EarlierVersion version) => new(ChangeAnswer.Of(version.Change)) { Rows = [.. version.Rows.Select(row => new RollupAnswer(row))] };
}
