using System.Text.Json;

namespace Ingest.Api.Queries;

/// <summary>The words of an enumeration: an address chooses by those that answers hold.</summary>
internal static class AnswerWords
{
    public static IReadOnlyList<(T Value, string Name)> Of<T>()
        where T : struct, Enum =>
        [.. Enum.GetValues<T>().Select(value => (value, JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString())))];
}
