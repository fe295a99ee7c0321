using Ingest.Persistence.Backups;

namespace Ingest.Api.Operator;

/// <summary>Devices that have not come back since a backup was restored.</summary>
internal sealed record MissingList(IReadOnlyList<MissingDevice> Devices);
