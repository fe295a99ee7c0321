using System.Globalization;
using System.Text;
using Ingest.Domain;
using Ingest.Domain.Envelopes;

namespace Ingest.Api.Queries;

/// <summary>What the positions of lists are made of, as a cursor holds it.</summary>
internal static class CursorParts
{
    public static string Of(DateTimeOffset at) => at.ToString("O", CultureInfo.InvariantCulture);

    public static string[] Of(TimedPlace place) => [Of(place.At), place.Id.ToString("D")];

    public static bool TryInstant(string part, out DateTimeOffset instant) => Instant.TryParse(Encoding.UTF8.GetBytes(part), out instant);

    public static TimedPlace? ToTimedPlace(string[] parts) =>
        parts is [var at, var text] && TryInstant(at, out var instant) && Guid.TryParseExact(text, "D", out var id) ? new TimedPlace(instant, id) : null;
}
