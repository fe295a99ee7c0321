using Ingest.Api.Errors;

namespace Ingest.Api.Bodies;

/// <summary>Either the body, which the receiver disposes, or why there is none.</summary>
internal readonly record struct BodyReading(ReadBody? Body, Problem? Problem)
{
    public static implicit operator BodyReading(ReadBody body) => new(body, null);

    public static implicit operator BodyReading(Problem problem) => new(null, problem);
}
