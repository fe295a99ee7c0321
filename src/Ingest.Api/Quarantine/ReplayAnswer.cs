using System.ComponentModel.DataAnnotations;
using Ingest.Domain.Quarantine;

namespace Ingest.Api.Quarantine;

/// <summary>What became of the rows that were tried again.</summary>
internal sealed record ReplayAnswer
{
    /// <summary>Rows that are stored now and left quarantine.</summary>
    public required int Replayed { get; init; }

    /// <summary>Rows that stay in quarantine.</summary>
    public required int StillRejected { get; init; }

    /// <summary>Rows that left quarantine without being stored: a newer envelope has written what they are about.</summary>
    public required int Superseded { get; init; }

    /// <summary>Row by row, at most 100; the counts are always complete.</summary>
    [MaxLength(ReplayResult.MostListed)]
    public required IReadOnlyList<ReplayedRowAnswer> Results { get; init; }

    public static ReplayAnswer Of(ReplayResult result) => new()
    {
        Replayed = result.Replayed,
        StillRejected = result.StillRejected,
        Superseded = result.Superseded,
        Results = [.. result.Results.Select(row => new ReplayedRowAnswer(row.Id, row.Outcome, row.Code))],
    };
}
