namespace Ingest.Domain.Envelopes;

/// <summary>How a session went in one respect (C§1.3).</summary>
public static class VitalStates
{
    public const string Green = "green";
    public const string Yellow = "yellow";
    public const string Red = "red";

    public static IReadOnlyList<string> All { get; } = [Green, Yellow, Red];
}
