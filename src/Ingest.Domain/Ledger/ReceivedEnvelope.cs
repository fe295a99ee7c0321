using Ingest.Domain.Envelopes;
using Ingest.Domain.Identity;

namespace Ingest.Domain.Ledger;

/// <summary>An envelope, who brought it and when.</summary>
/// <param name="IsCompleteByDay">Whether it holds all rows of each day it names.</param>
public sealed record ReceivedEnvelope(Envelope Envelope, Caller Caller, Guid AttemptId, DateTimeOffset ReceivedAt, bool IsCompleteByDay);
