namespace Ingest.Domain.Windows;

/// <summary>Some windows, those that began last first, and whether there are more behind them.</summary>
public sealed record WindowPage(IReadOnlyList<ListedWindow> Windows, bool HasMore);
