using System.Globalization;
using System.Text;
using Ingest.Api.Errors;

namespace Ingest.Api.Paging;

/// <summary>Reads the parameters of a listing. An absent or empty one does not filter; the first that cannot be read is kept as the refusal.</summary>
internal sealed class ListQuery(IQueryCollection parameters)
{
    public const int DefaultLimit = 100;
    public const int LargestLimit = 1000;

    public Problem? Problem { get; private set; }

    public string? DeviceId()
    {
        if (Text("device_id") is not { } text) return null;
        if (Domain.Identity.DeviceId.TryNormalise(text, out var id)) return id;
        Problem ??= Problem.Of(ProblemCode.InvalidDeviceId);
        return null;
    }

    public string? OneOf(string name, IEnumerable<string> values)
    {
        if (Text(name) is not { } text || values.Contains(text, StringComparer.Ordinal)) return Text(name);
        Refuse(name, $"is one of: {string.Join(", ", values)}");
        return null;
    }

    public DateTimeOffset? Instant(string name)
    {
        if (Text(name) is not { } text) return null;
        if (Domain.Envelopes.Instant.TryParse(Encoding.UTF8.GetBytes(text), out var instant)) return instant;
        Refuse(name, "is an RFC 3339 instant such as 2026-05-14T00:00:00Z; a plus sign in an address is written %2B");
        return null;
    }

    public int Limit()
    {
        if (Text("limit") is not { } text) return DefaultLimit;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= LargestLimit) return limit;
        Refuse("limit", $"is a whole number from 1 to {LargestLimit}");
        return DefaultLimit;
    }

    public string? Cursor() => Text("cursor");

    public void RefuseCursor() => Problem ??= Problem.Of(ProblemCode.InvalidCursor);

    private string? Text(string name) => parameters[name].ToString() is { Length: > 0 } text ? text : null;

    private void Refuse(string name, string form) => Problem ??= new Problem(ProblemCode.InvalidParameter, $"The parameter {name} {form}.");
}
