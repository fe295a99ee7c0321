namespace Ingest.Domain.Identity;

/// <summary>How completeness is written, towards programs and in the database.</summary>
public static class CompletenessNames
{
    private static readonly (Completeness Completeness, string Name)[] Known = [(Completeness.Auto, "auto"), (Completeness.Day, "day"), (Completeness.Row, "row")];

    public static IReadOnlyList<string> All { get; } = [.. Known.Select(one => one.Name)];

    public static string Of(Completeness completeness) =>
        Array.Find(Known, one => one.Completeness == completeness).Name ?? throw new ArgumentOutOfRangeException(nameof(completeness), completeness, "No such completeness.");

    public static Completeness? Find(string name) => Array.Find(Known, one => one.Name == name) is { Name: not null } found ? found.Completeness : null;
}
