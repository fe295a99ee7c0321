namespace Ingest.Api.Pages.Usage;

/// <summary>A filter that is in use.</summary>
/// <param name="Dimension">Of what.</param>
/// <param name="Value">Which value, as people call it.</param>
/// <param name="Without">Where it is in use no more.</param>
public sealed record UsageChip(string Dimension, string Value, string Without);
