using Ingest.Api.Errors;

namespace Ingest.Api.Bodies;

/// <summary>What one body may take.</summary>
internal sealed record BodyLimits
{
    /// <summary>Of one body: counted before and after decompression, so that neither a flood nor a bomb passes.</summary>
    public required int Bytes { get; init; }

    /// <summary>What a person does about a body that is too large.</summary>
    public string TooLargeRemedy { get; init; } = ProblemCode.BodyTooLarge.Remedy;

    /// <summary>
    /// From the first byte to the last. Kestrel's minimum rate alone would let one client hold a body's memory for a day.
    /// A stock daemon gives up after 30 s.
    /// </summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How much of a refused body is still read, so that a client in mid-write gets to read the answer (C§5 AH).</summary>
    public long DrainBytes { get; init; } = 64 * 1024 * 1024;

    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(5);
}
