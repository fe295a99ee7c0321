namespace Ingest.Domain.Reconciliation;

/// <summary>A row that was put aside because it breaks a rule.</summary>
/// <param name="Id">Names it within its device.</param>
/// <param name="Kind">Which array of the payload it stood in, by the contract's name.</param>
/// <param name="Path">Where in the envelope.</param>
/// <param name="Code">Which rule it breaks.</param>
/// <param name="Message">The same for people.</param>
/// <param name="Raw">What is kept of it: the contract's own fields, as JSON.</param>
/// <param name="AttemptId">The attempt that brought it.</param>
/// <param name="ReceivedAt">When that attempt arrived.</param>
public sealed record QuarantinedRow(
    Guid Id,
    string Kind,
    string Path,
    string Code,
    string Message,
    ReadOnlyMemory<byte> Raw,
    Guid AttemptId,
    DateTimeOffset ReceivedAt);
