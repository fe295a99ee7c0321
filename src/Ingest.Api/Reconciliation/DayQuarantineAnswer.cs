using Ingest.Domain.Reconciliation;

namespace Ingest.Api.Reconciliation;

/// <summary>A row that was put aside because it breaks a rule.</summary>
/// <param name="Id">Names it within its device.</param>
/// <param name="Kind">Which array of the payload it stood in.</param>
/// <param name="Path">Where in its envelope.</param>
/// <param name="Code">Which rule it breaks.</param>
/// <param name="Message">The same for people.</param>
/// <param name="Row">What is kept of it: the fields of the contract, as they were sent.</param>
/// <param name="AttemptId">The attempt that brought it.</param>
/// <param name="ReceivedAt">When that attempt arrived.</param>
internal sealed record DayQuarantineAnswer(
    Guid Id,
    string Kind,
    string Path,
    string Code,
    string Message,
    RawRow Row,
    Guid AttemptId,
    DateTimeOffset ReceivedAt)
{
    public static DayQuarantineAnswer Of(QuarantinedRow row) =>
        new(row.Id, row.Kind, row.Path, row.Code, row.Message, new RawRow(row.Raw), row.AttemptId, row.ReceivedAt);
}
