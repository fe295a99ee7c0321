namespace Ingest.Domain.Privacy;

/// <summary>How often each field stood in an envelope that the contract keeps out of it. Of hardly any envelope is there one of these.</summary>
public sealed class DroppedFields
{
    private readonly long[] _times = new long[ForbiddenFields.All.Count];

    public void Add(ForbiddenField field, long times = 1)
    {
        ArgumentNullException.ThrowIfNull(field);
        _times[field.Place] += times;
    }

    public void Add(DroppedFields others)
    {
        ArgumentNullException.ThrowIfNull(others);
        for (var place = 0; place < _times.Length; place++) _times[place] += others._times[place];
    }

    /// <summary>Those that stood there at all.</summary>
    public IEnumerable<(ForbiddenField Field, long Times)> Counts() =>
        ForbiddenFields.All.Select(field => (field, _times[field.Place])).Where(count => count.Item2 > 0);
}
