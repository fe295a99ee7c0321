using Ingest.Persistence.Keys;

namespace Ingest.Api.Startup;

/// <summary>The key that a first start made, on its way to the console: the only time it can be shown.</summary>
internal sealed class FirstStart
{
    public CreatedKey? Key { get; set; }
}
