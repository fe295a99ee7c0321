namespace Ingest.Domain.Envelopes;

/// <summary>Why a JSON number is not the value a field may hold.</summary>
public enum NumberProblem
{
    None,
    Negative,
    NotWhole,
    OutOfRange,
}
