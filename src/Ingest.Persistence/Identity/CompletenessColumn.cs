using Ingest.Domain.Identity;

namespace Ingest.Persistence.Identity;

/// <summary>How a completeness stands in the <c>complete_by</c> column of <c>api_keys</c>.</summary>
internal static class CompletenessColumn
{
    public static string Write(Completeness completeness) => CompletenessNames.Of(completeness);

    public static Completeness Read(string text) =>
        CompletenessNames.Find(text) ?? throw new ArgumentOutOfRangeException(nameof(text), text, "No such completeness; this build is older than the database.");
}
