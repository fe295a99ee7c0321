namespace Ingest.Api.Usage;

/// <summary>A value that usage is told apart by.</summary>
/// <param name="Dimension">Of which dimension.</param>
/// <param name="Value">A day as <c>YYYY-MM-DD</c>, a device or member by id, everything else as it is stored; null is no ticket.</param>
/// <param name="Name">What people call the device or member; null where they do not, or of other dimensions.</param>
internal sealed record UsageKeyAnswer(string Dimension, string? Value, string? Name);
