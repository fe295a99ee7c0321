namespace Ingest.Domain.Envelopes;

/// <summary>What stood in the place of a field, before its value is judged.</summary>
public enum FieldShape
{
    Missing,
    Null,
    WrongType,
    Present,
}
