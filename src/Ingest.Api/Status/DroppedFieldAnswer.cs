using System.ComponentModel.DataAnnotations;
using Ingest.Domain.Health;

namespace Ingest.Api.Status;

/// <summary>A field the device sends and may not: it is never stored, and counted.</summary>
/// <param name="Name">Which one, of a closed list; never a name the client chose.</param>
/// <param name="Kind">What such a field would carry: prompts and answers, paths, e-mail addresses, raw payloads, values of tags, arguments and results of tools.</param>
/// <param name="Total">How often it came.</param>
/// <param name="LastAt">When last.</param>
internal sealed record DroppedFieldAnswer(
    string Name,
    [property: AllowedValues("content", "path", "email", "raw_payload", "tag_value", "tool_argument")] string Kind,
    long Total,
    DateTimeOffset LastAt)
{
    public static DroppedFieldAnswer Of(DroppedFieldCount count) => new(count.Field.Name, count.Field.Kind, count.Times, count.LastAt);
}
