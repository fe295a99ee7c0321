using Ingest.Domain.Validation;

namespace Ingest.Domain.Envelopes;

/// <summary>What reading a body yields: the frame to be judged, the usable rows and the rejected ones, in the order sent.</summary>
internal sealed class EnvelopeDraft
{
    public EnvelopeFrame Frame { get; } = new();

    public List<DailyRollup> Rollups { get; } = [];

    public List<SessionSummary> Sessions { get; } = [];

    public List<WindowSummary> Windows { get; } = [];

    public List<RejectedRow> Rejected { get; } = [];

    /// <summary>Set when there are more rejected rows than may be kept: the envelope is refused, and its rows are read no further.</summary>
    public bool HasTooManyBadRows { get; set; }

    /// <summary>How many rejected rows so far said the same where a readable key should stand.</summary>
    public Dictionary<Guid, int> Unreadable { get; } = [];
}
