namespace Ingest.Domain.Health;

/// <summary>One thing to do.</summary>
/// <param name="By">Who does it.</param>
/// <param name="Text">What, in a sentence or two.</param>
/// <param name="Command">As it is typed, where it is a command.</param>
public sealed record RemedyStep(RemedyParty By, string Text, string? Command = null);
