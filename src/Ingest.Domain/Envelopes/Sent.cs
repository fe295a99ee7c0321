namespace Ingest.Domain.Envelopes;

/// <summary>
/// A field that the sender may leave out. Absent keeps what is stored; a present null clears it (C§5 AB).
/// </summary>
public readonly record struct Sent<T>
{
    public Sent(T? value)
    {
        IsPresent = true;
        Value = value;
    }

    public bool IsPresent { get; }

    public T? Value { get; }

    public T? Or(T? stored) => IsPresent ? Value : stored;
}
