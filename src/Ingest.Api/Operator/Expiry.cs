using System.CommandLine.Parsing;
using System.Text;
using Ingest.Domain.Envelopes;

namespace Ingest.Api.Operator;

/// <summary>When something ends, as an operator types it.</summary>
/// <param name="At">Null is never.</param>
internal sealed record Expiry(DateTimeOffset? At)
{
    private const string Never = "never";

    public static Expiry? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var utf8 = Encoding.UTF8.GetBytes(text);
        if (text == Never) return new Expiry(At: null);
        if (Day.TryParse(utf8, out var day)) return new Expiry(new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero));
        if (Instant.TryParse(utf8, out var instant)) return new Expiry(instant);
        result.AddError($"'{text}' is no UTC day as YYYY-MM-DD, at whose beginning the key ends, no instant such as 2027-01-01T12:00:00Z, and not \"{Never}\".");
        return null;
    }
}
