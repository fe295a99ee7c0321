using System.ComponentModel.DataAnnotations;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Ledger;
using Ingest.Domain.Validation;

namespace Ingest.Api.Envelopes;

/// <summary>The answer to an accepted envelope (C§2.1). A stock daemon reads the first three members.</summary>
internal sealed record IngestAnswer
{
    /// <summary>Rejected rows that are listed; the counts are always complete.</summary>
    public const int MostRejectedListed = 50;

    /// <summary>Always true.</summary>
    public required bool Accepted { get; init; }

    /// <summary>The last day, <c>YYYY-MM-DD</c> in UTC, that need not be sent again. Null: keep the one you have.</summary>
    public required DateOnly? Watermark { get; init; }

    /// <summary>Rows of all kinds that were accepted: written, or found to stand there already.</summary>
    public required int RecordsUpserted { get; init; }

    /// <summary>Accepted rollups, equal keys counted once.</summary>
    public required int DailyRollupsUpserted { get; init; }

    /// <summary>Accepted session summaries.</summary>
    public required int SessionSummariesUpserted { get; init; }

    /// <summary>Accepted window summaries.</summary>
    public required int WindowSummariesUpserted { get; init; }

    /// <summary>Distinct surfaces of the rollups and sessions, sorted, at most 32.</summary>
    [MaxLength(EnvelopeLimits.ValuesSeen)]
    public required IReadOnlyList<string> SurfacesSeen { get; init; }

    /// <summary>Distinct providers of the rollups and sessions, sorted, at most 32.</summary>
    [MaxLength(EnvelopeLimits.ValuesSeen)]
    public required IReadOnlyList<string> ProvidersSeen { get; init; }

    /// <summary>What became of the rows.</summary>
    public required RowCounts Rows { get; init; }

    /// <summary>Rows that were quarantined, at most 50.</summary>
    [MaxLength(MostRejectedListed)]
    public required IReadOnlyList<Issue> RejectedRows { get; init; }

    /// <summary>Names this attempt; the same as the header <c>Ingest-Attempt-Id</c>.</summary>
    public required Guid AttemptId { get; init; }

    public static IngestAnswer For(Envelope envelope, StoreResult.Stored stored, Guid attemptId) => new()
    {
        Accepted = true,
        Watermark = stored.Watermark,
        RecordsUpserted = envelope.UsableRows,
        DailyRollupsUpserted = envelope.RollupCount,
        SessionSummariesUpserted = envelope.Sessions.Count,
        WindowSummariesUpserted = envelope.Windows.Count,
        SurfacesSeen = Seen(envelope, rollup => rollup.Key.Surface, session => session.Surface.Value),
        ProvidersSeen = Seen(envelope, rollup => rollup.Key.Provider, session => session.Provider),
        Rows = stored.Counts,
        RejectedRows = [.. envelope.Rejected.Take(MostRejectedListed).Select(row => row.Issues[0])],
        AttemptId = attemptId,
    };

    private static List<string> Seen(Envelope envelope, Func<DailyRollup, string> ofRollup, Func<SessionSummary, string?> ofSession)
    {
        var seen = new List<string>();
        foreach (var day in envelope.Days)
        {
            foreach (var rollup in day.Rows.Span) Add(seen, ofRollup(rollup));
        }

        foreach (var session in envelope.Sessions)
        {
            if (ofSession(session) is { } value) Add(seen, value);
        }

        return seen;
    }

    /// <summary>Keeps the first few in order: almost always there is one, and that one again.</summary>
    private static void Add(List<string> seen, string value)
    {
        var place = seen.BinarySearch(value, StringComparer.Ordinal);
        if (place >= 0 || ~place == EnvelopeLimits.ValuesSeen) return;
        if (seen.Count == EnvelopeLimits.ValuesSeen) seen.RemoveAt(seen.Count - 1);
        seen.Insert(~place, value);
    }
}
