namespace Ingest.Api.Operator;

/// <summary>Why a verb did not do what it was asked.</summary>
/// <param name="Error">For people, as text output shows it too.</param>
/// <param name="Problems">One line for each thing wrong, where there are several.</param>
internal sealed record VerbFailure(string Error, IReadOnlyList<string> Problems);
