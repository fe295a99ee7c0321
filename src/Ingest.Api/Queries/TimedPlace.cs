using System.Globalization;
using System.Text;
using Ingest.Domain.Envelopes;

namespace Ingest.Api.Queries;

/// <summary>The place in a list that is ordered by a time and, within it, by an id: as a cursor holds it.</summary>
internal static class TimedPlace
{
    public static string[] Write(DateTimeOffset at, Guid id) => [at.ToString("O", CultureInfo.InvariantCulture), id.ToString("D")];

    public static (DateTimeOffset At, Guid Id)? Read(string[] parts) =>
        parts is [var at, var text] && Instant.TryParse(Encoding.UTF8.GetBytes(at), out var instant) && Guid.TryParseExact(text, "D", out var id) ? (instant, id) : null;
}
