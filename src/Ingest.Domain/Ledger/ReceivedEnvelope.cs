using Ingest.Domain.Envelopes;
using Ingest.Domain.Identity;

namespace Ingest.Domain.Ledger;

/// <summary>An envelope, who brought it and when.</summary>
/// <param name="Envelope">What was sent.</param>
/// <param name="Caller">Whose key it came with.</param>
/// <param name="AttemptId">Names this attempt wherever it left something.</param>
/// <param name="ReceivedAt">By the server's clock.</param>
/// <param name="IsCompleteByDay">Whether it holds all rows of every day it names, so that a key it does not name is gone from the device.</param>
public sealed record ReceivedEnvelope(Envelope Envelope, Caller Caller, Guid AttemptId, DateTimeOffset ReceivedAt, bool IsCompleteByDay);
