using Ingest.Domain.Identity;

namespace Ingest.Persistence.Identity;

/// <summary>How a completeness stands in the <c>complete_by</c> column of <c>api_keys</c>.</summary>
internal static class CompletenessColumn
{
    public static string Write(Completeness completeness) => completeness switch
    {
        Completeness.Auto => "auto",
        Completeness.Day => "day",
        Completeness.Row => "row",
        _ => throw new ArgumentOutOfRangeException(nameof(completeness), completeness, "No such completeness."),
    };

    public static Completeness Read(string text) => text switch
    {
        "auto" => Completeness.Auto,
        "day" => Completeness.Day,
        "row" => Completeness.Row,
        _ => throw new ArgumentOutOfRangeException(nameof(text), text, "No such completeness; this build is older than the database."),
    };
}
