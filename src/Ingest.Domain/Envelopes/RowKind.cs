namespace Ingest.Domain.Envelopes;

public enum RowKind
{
    DailyRollup,
    SessionSummary,
    WindowSummary,
}
