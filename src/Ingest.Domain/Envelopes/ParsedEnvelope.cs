using Ingest.Domain.Privacy;
using Ingest.Domain.Validation;

namespace Ingest.Domain.Envelopes;

/// <summary>What became of a body.</summary>
public abstract record ParsedEnvelope
{
    private ParsedEnvelope()
    {
    }

    /// <summary>Fields that stood in the body and may not, if there were any.</summary>
    public DroppedFields? Dropped { get; init; }

    /// <summary>Usable; single rows may still be rejected.</summary>
    public sealed record Accepted(Envelope Envelope) : ParsedEnvelope;

    /// <summary>Not JSON.</summary>
    public sealed record NotJson(Issue Issue) : ParsedEnvelope;

    /// <summary>A version this server does not know. <paramref name="DeviceId"/> where that much can be read.</summary>
    public sealed record UnsupportedVersion(string? DeviceId, string Sentence) : ParsedEnvelope;

    /// <summary>JSON, but no envelope. <paramref name="DeviceId"/> where that much can be read.</summary>
    public sealed record Invalid(string? DeviceId, IReadOnlyList<Issue> Issues) : ParsedEnvelope;
}
