namespace Ingest.Api.Pages.Usage;

/// <summary>A value in a table.</summary>
/// <param name="Text">As people call it.</param>
/// <param name="Id">As it is stored, where that is something else.</param>
/// <param name="Address">Where it is looked at alone.</param>
public sealed record UsageKey(string Text, string? Id, string Address);
