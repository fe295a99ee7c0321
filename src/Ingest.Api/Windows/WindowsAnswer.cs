namespace Ingest.Api.Windows;

/// <summary>Rate-limit windows, those that began last first.</summary>
/// <param name="Windows">At most as many as <c>limit</c> says.</param>
/// <param name="NextCursor">Where the list goes on; null at its end.</param>
internal sealed record WindowsAnswer(IReadOnlyList<WindowAnswer> Windows, string? NextCursor);
