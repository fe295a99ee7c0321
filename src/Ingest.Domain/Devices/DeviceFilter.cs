using Ingest.Domain.Identity;

namespace Ingest.Domain.Devices;

/// <summary>Which devices a list is about; what is null chooses nothing.</summary>
/// <param name="OwnerUserId">Those of one person.</param>
/// <param name="Standing">Those of one standing.</param>
public sealed record DeviceFilter(Guid? OwnerUserId, DeviceStanding? Standing);
