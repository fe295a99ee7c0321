namespace Ingest.Api.Pages.Usage;

/// <summary>A name under the bars.</summary>
/// <param name="Percent">Where, from the left.</param>
/// <param name="Text">Of the day or month.</param>
/// <param name="IsForWide">Whether there is room for it in a wide window only.</param>
public sealed record DayMark(decimal Percent, string Text, bool IsForWide);
