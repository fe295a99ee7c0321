using System.Text.Json.Serialization;
using Ingest.Api.Queries;
using Ingest.Domain.Devices;

namespace Ingest.Api.Devices;

/// <summary>All that is stored of a device.</summary>
/// <param name="Contents">As the tables hold it.</param>
internal sealed record ContentsAnswer([property: JsonIgnore] DeviceContents Contents) : SumsAnswer(Contents.Sums)
{
    /// <summary>Rows by table of the database; which table holds what, docs/what-we-store.md says.</summary>
    public IReadOnlyDictionary<string, long> Rows => Contents.Tables;

    /// <summary>The earliest UTC day of its usage.</summary>
    public DateOnly? FirstDay => Contents.FirstDay;

    /// <summary>The latest UTC day of its usage.</summary>
    public DateOnly? LastDay => Contents.LastDay;
}
