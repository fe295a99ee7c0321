namespace Ingest.Domain.Envelopes;

public static class RowKinds
{
    /// <summary>The name of the payload array that carries the kind, which is also its name in the database and in answers.</summary>
    public static string WireName(this RowKind kind) => kind switch
    {
        RowKind.DailyRollup => "daily_rollups",
        RowKind.SessionSummary => "session_summaries",
        RowKind.WindowSummary => "window_summaries",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>All of these names.</summary>
    public static IReadOnlyList<string> WireNames { get; } = [.. Enum.GetValues<RowKind>().Select(kind => kind.WireName())];

    /// <summary>The kind of that name, as the database and answers name it.</summary>
    public static RowKind OfWireName(string name) => Enum.GetValues<RowKind>().First(kind => kind.WireName() == name);
}
