using Ingest.Domain.Privacy;
using Ingest.Domain.Validation;

namespace Ingest.Domain.Envelopes;

/// <summary>What reading a body yields: the frame to be judged, the usable rows and the rejected ones, in the order sent.</summary>
internal sealed class EnvelopeDraft
{
    public RowBuffer<DailyRollup> Rollups;

    public RowBuffer<SessionSummary> Sessions;

    public RowBuffer<WindowSummary> Windows;

    public RowBuffer<RejectedRow> Rejected;

    private Dictionary<Guid, int>? _unreadable;
    private DroppedFields? _dropped;

    public EnvelopeFrame Frame { get; } = new();

    /// <summary>Set when there are more rejected rows than may be kept: the envelope is refused, and its rows are read no further.</summary>
    public bool HasTooManyBadRows { get; set; }

    /// <summary>How many rejected rows so far said the same where a readable key should stand.</summary>
    public Dictionary<Guid, int> Unreadable => _unreadable ??= [];

    /// <summary>Fields that stood there and may not.</summary>
    public DroppedFields Dropped => _dropped ??= new DroppedFields();

    /// <summary>The same, unless there was none.</summary>
    public DroppedFields? AnyDropped => _dropped;

    /// <summary>Gives the borrowed arrays back; the rows were taken out of them.</summary>
    public void Return()
    {
        Rollups.Return();
        Sessions.Return();
        Windows.Return();
        Rejected.Return();
    }
}
